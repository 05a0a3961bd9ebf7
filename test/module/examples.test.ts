// Each example runs from a copy, whose files are edited on the way.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { Agent, get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { observe, root, temporaryDirectory } from '../support.js'
import t from '../tap.js'
import { refused } from './hosts.js'

const directory = join(root, 'examples/module')

/** A copy of an example, which finds brood where it would be installed. */
function copyOf(t: Test, name: string): string {
  const copy = join(temporaryDirectory(t), name)
  cpSync(join(directory, name), copy, { recursive: true })
  mkdirSync(join(copy, 'node_modules/@types'), { recursive: true })
  symlinkSync(root, join(copy, 'node_modules/brood'), 'junction')
  symlinkSync(join(root, 'node_modules/@types/node'), join(copy, 'node_modules/@types/node'), 'junction')
  return copy
}

function edit(file: string, part: string, replacement: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes(part)) throw new Error(`${file} has no ${part}`)
  writeFileSync(file, text.replace(part, replacement))
}

/** A program that runs meanwhile. */
class Program {
  stdout = ''
  stderr = ''
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  #onText: () => void = () => {}

  constructor(t: Test, file: string, env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(process.execPath, [file], { env: { ...process.env, BROOD_HOT: 'dynamic', ...env }, stdio: 'pipe' })
    this.#closed = once(this.#child, 'close')
    for (const name of ['stdout', 'stderr'] as const)
      this.#child[name]?.setEncoding('utf8').on('data', (text: string) => {
        this[name] += text
        this.#onText()
      })
    t.teardown(() => this.#child.kill())
  }

  /** Resolves when it has written this on stdout. */
  async writes(pattern: RegExp): Promise<RegExpExecArray> {
    const written = new Promise<void>((resolve) => {
      this.#onText = () => {
        if (pattern.test(this.stdout)) resolve()
      }
      this.#onText()
    })
    await Promise.race([written, this.#closed])
    const match = pattern.exec(this.stdout)
    if (match === null) throw new Error(`It has ended without ${pattern}: ${this.stdout}${this.stderr}`)
    return match
  }

  /** Answers a line with what it writes from then on, up to this. */
  async answers(line: string, pattern: RegExp): Promise<string> {
    this.stdout = ''
    this.#child.stdin?.write(`${line}\n`)
    await this.writes(pattern)
    return this.stdout
  }

  async end(): Promise<number | null> {
    this.#child.stdin?.end()
    await this.#closed
    return this.#child.exitCode
  }
}

t.test('http: a connection from before an edit is answered by the new handlers', async (t) => {
  const copy = copyOf(t, 'http')
  const program = new Program(t, join(copy, 'main.mjs'), { PORT: '0' })
  const [url] = (await program.writes(/http:\S+/)) as unknown as [string]
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())

  const ports = new Set<number | undefined>()
  let asked = 0
  const ask = async (): Promise<string> => {
    asked++
    const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage]
    ports.add(response.socket.localPort)
    const text = (await response.setEncoding('utf8').toArray()).join('')
    t.ok(text.endsWith(`<p>${asked} requests until now</p>\n`), 'the requests of all versions are counted')
    return text
  }
  /** The change is live at a call: so it is called until it is. */
  const askUntil = async (isSo: (text: string) => boolean) => {
    let text: string
    do text = await ask()
    while (!isSo(text))
  }

  t.match(await ask(), '<h1>Hello from 127.0.0.1')
  edit(join(copy, 'handlers.mjs'), 'Hello from', 'Good evening from')
  await askUntil((text) => text.includes('<h1>Good evening from'))
  await program.writes(/^version 2: handlers\.mjs$/m)
  edit(join(copy, 'page.mjs'), '<h1>', '<h1 class="big">')
  await askUntil((text) => text.includes('<h1 class="big">Good evening'))
  await program.writes(/^version 3: page\.mjs, handlers\.mjs$/m)

  edit(join(copy, 'handlers.mjs'), 'const routes =', 'const routes ==')
  await askUntil(() => program.stdout.includes('kept the old version'))
  await program.writes(/handlers\.mjs:\d+: Unexpected token\.\n[^]*> \d+ \| const routes == \{\n[^]*\^/)
  t.match(await ask(), '<h1 class="big">Good evening', 'the old handlers answer')
  edit(join(copy, 'handlers.mjs'), 'const routes ==', 'const routes =')
  edit(join(copy, 'handlers.mjs'), 'Good evening', 'Good night')
  await askUntil((text) => text.includes('Good night'))

  t.equal(ports.size, 1, `one connection for ${asked} requests`)
  t.equal(program.stderr, '', 'no timer of an old version is left')
})

t.test('sheep: the state of the caller survives the edit', async (t) => {
  const copy = copyOf(t, 'sheep')
  const program = new Program(t, join(copy, 'main.mjs'))
  await program.writes(/^Many sheep, after 1 jumps$/m)
  const file = join(copy, 'sheep.mjs')
  const text = readFileSync(file, 'utf8').replace('Many', 'Three').replace('+= 1', '+= 1000')
  writeFileSync(file, text)
  const [, jumps] = await program.writes(/^Three sheep, after (\d+) jumps$/m)
  t.ok(Number(jumps) > 1000, `${jumps}: those before are among them`)
  t.equal(program.stderr, '')
})

t.test('plugins', async (t) => {
  const copy = copyOf(t, 'plugins')
  const program = new Program(t, join(copy, 'main.mjs'))
  await program.writes(/plugins: shout, leaky, endless\n/)

  t.test('one that behaves', async (t) => {
    await program.answers('load shout', /^shout is loaded$/m)
    await program.answers('call shout hello there', /^HELLO THERE!$/m)
    await program.answers('unload shout', /^shout is unloaded: .* is gone, says \w+(?: system)?, 0 descriptors left, \d+ ms$/m)
    t.match(await program.answers('call shout hello', /unloaded/), 'Module "shout" is unloaded. Load it again to call it.')
  })

  t.test('one that leaves a timer and a socket is refused, and can be mended', async (t) => {
    await program.answers('load leaky', /^leaky is loaded$/m)
    const refusal = await program.answers('unload leaky', /`force`/)
    t.match(refusal, /^Module "leaky" was not unloaded, since it has left open:$/m)
    t.match(refusal, /^ {2}socket: UDP socket on 127\.0\.0\.1:\d+, made at .*leaky\.mjs:6:\d+$/m)
    t.match(refusal, /^ {2}timer: setInterval, every 60000 ms, unref'd, made at .*leaky\.mjs:10:\d+$/m)
    await program.answers('call leaky still here', /^ereh llits$/m)
    await program.answers('force leaky', /^leaky is unloaded: .*\n {2}with it went: UDP socket.*\n {2}with it went: setInterval/m)

    const file = join(copy, 'plugins/leaky.mjs')
    edit(file, 'setInterval(', 'const telling = setInterval(')
    edit(file, '\n})\n', '\n  beforeUnload() {\n    clearInterval(telling)\n    socket.close()\n  },\n})\n')
    await program.answers('load leaky', /^leaky is loaded$/m)
    t.notMatch(await program.answers('unload leaky', /^leaky is unloaded: .* 0 descriptors left/m), 'with it went')
  })

  t.test('one that loops for ever is ended', async () => {
    await program.answers('load endless', /^endless is loaded$/m)
    await program.answers('call endless hello', /^Module "endless" was ended: transform\(\) took longer than limits\.callTime, 1000 ms\.$/m)
    await program.answers('list', /^shout: unloaded\nleaky: unloaded\nendless: ended$/m)
  })

  t.test('the host lives', async (t) => {
    await program.answers('load nothing', /^Module file:.*nothing\.mjs could not be loaded: ENOENT/m)
    await program.answers('load shout', /^shout is loaded$/m)
    t.equal(await program.end(), 0, 'and ends what is loaded when it ends')
    t.equal(program.stderr, '')
  })
})

t.test('template', async (t) => {
  const copy = copyOf(t, 'template')
  const compile = () => promisify(execFile)(join(root, 'node_modules/.bin/tsgo'), ['-p', copy])
  const start = () => observe(process.execPath, [join(copy, 'dist/host.js')])
  await compile()
  const { stdout, stderr, code } = await start()
  const lines = [
    'Good morning, Ada, how are you?',
    'Good morning, Grace, how are you?',
    'no greeting: TypeError: nobody is there',
    '2 greetings',
  ]
  t.same(stdout.trim().split('\n'), [...lines, 'the thread of "greeter" is gone'])
  t.same({ stderr, code }, { stderr: 'greeter: greet() threw TypeError: nobody is there\n', code: 0 })

  // The module was made for another version of the interface, which the compiler cannot know of where it is a package of somebody else.
  edit(join(copy, 'dist/greeter.js'), '../interface.d.ts', './interface.d.ts')
  cpSync(join(copy, 'interface.d.ts'), join(copy, 'dist/interface.d.ts'))
  t.equal((await start()).code, 0, 'another copy of the same')
  edit(join(copy, 'dist/interface.d.ts'), 'countGreetings(): number', 'countGreetings(): bigint')
  t.match(await start(), { code: 1, stderr: 'ERR_BROOD_STAMP_MISMATCH' })

  // And what it can know of, it says.
  const src = readFileSync(join(copy, 'src/greeter.ts'), 'utf8')
  for (const [part, replacement, message] of [
    ['countGreetings: () => count', 'countGreetings: () => String(count)', "Type 'string' is not assignable to type 'number'"],
    ['imports.salutation()', 'imports.salute()', "Property 'salute' does not exist"],
  ] as const) {
    writeFileSync(join(copy, 'src/greeter.ts'), src)
    edit(join(copy, 'src/greeter.ts'), part, replacement)
    const { stdout } = await refused(compile())
    t.match(stdout, message)
  }
})

t.test('each says how to run it', (t) => {
  const examples = readdirSync(directory)
  t.same(examples.toSorted(), ['http', 'plugins', 'sheep', 'template'])
  for (const name of examples) {
    t.match(readFileSync(join(directory, name, 'README.md'), 'utf8'), name === 'template' ? 'npm start' : '`node main.mjs`', name)
    if (name === 'template') continue
    t.match(
      readFileSync(join(directory, name, 'main.mjs'), 'utf8'),
      new RegExp(`^// \\S.*\\.\n// {3}(?:PORT=8080 )?node examples/module/${name}/main\\.mjs\n`),
    )
  }
  t.end()
})
