import type { FileSystem } from '../../../lib/wrap/find-program.js'
import { mungeCmd } from '../../../lib/wrap/mungers/cmd.js'
import type { Plan } from '../../../lib/wrap/plan.js'
import type { SpawnRequest } from '../../../lib/wrap/request.js'
import t from '../../tap.js'

const plan: Plan = {
  windows: true,
  shims: ['C:\\Users\\me\\.node-spawn-wrap-1'],
  nodeName: 'node',
  nodeOptions: '--require C:\\p',
  nodeFlags: [],
  carrier: { contexts: [], inherited: 0 },
}

/** A file system of Windows: case does not count. */
const filesOf = (...paths: string[]): FileSystem => {
  const lower = new Set(paths.map((path) => path.toLowerCase()))
  return { isProgram: (path) => lower.has(path.toLowerCase()), readStart: () => '', readText: () => '' }
}
const node = 'C:\\Program Files\\nodejs\\node.exe'
const plainNode = 'D:\\nodejs\\node.exe'
const files = filesOf('C:\\Users\\me\\.node-spawn-wrap-1\\node.cmd', node, plainNode)

const path = (...entries: string[]) => [`Path=${[...plan.shims, ...entries].join(';')}`]
const request = (args: readonly string[], env = path('C:\\Windows', 'C:\\Program Files\\nodejs'), cwd?: string): SpawnRequest => ({
  file: args[0] as string,
  args,
  env,
  cwd,
  uid: undefined,
  gid: undefined,
  untouched: false,
  flagged: false,
})
/** As `shell: true` makes it. */
const byShell = (text: string, env?: string[], cwd?: string) => request(['cmd.exe', '/d', '/s', '/c', `"${text}"`], env, cwd)

/** Texts, with what is started in place of them: N for the path in quotes. Without it, they stay. */
const texts: readonly [text: string, started?: string][] = [
  ['node', 'N'],
  ['node x.js "a b"', 'N x.js "a b"'],
  ['Node -v', 'N -v'],
  ['node.exe', 'N'],
  [' \t node x', ' \t N x'],
  ['@node x', '@N x'],
  ['(node x)', '(N x)'],
  ['@((node x) & node y)', '@((N x) & N y)'],
  ['node x && node y || node z & node', 'N x && N y || N z & N'],
  ['echo a|node -', 'echo a|N -'],
  ['node x|node', 'N x|N'],
  ['node&node', 'N&N'],
  ['node>out x', 'N>out x'],
  ['node < in 2>&1', 'N < in 2>&1'],
  ['echo "a & b" & node x', 'echo "a & b" & N x'],
  ['echo ^& node & node', 'echo ^& node & N'],
  ['echo "^" & node', 'echo "^" & N'],
  ['node "%A%" && node', 'N "%A%" && node'],
  ['set A=1&& node', 'set A=1&& N'],
  ['node 100% & node', 'N 100% & N'],
  ['node x & rem node & node', 'N x & rem node & node'],
  ['node x & if exist a node & node', 'N x & if exist a node & node'],
  ['node a\r\nnode b', 'N a\r\nnode b'],
  ['for %i in (node a) do node & node'],
  ['node a & set NODE_OPTIONS=&& node b', 'N a & set NODE_OPTIONS=&& node b'],
  ['(@set "node_options=--a" & node b)'],
  ['set PATH=C:\\other&& node b'],
  ['set /p PathExt=x&& node b'],
  ['path C:\\other&& node b'],
  ['node a && cd b && node c', 'N a && cd b && node c'],
  ['cd..\\b && node c'],
  ['pushd b & node c & popd', 'pushd b & node c & popd'],
  ['D: && node c'],
  ['setx A 1 && node c', 'setx A 1 && N c'],
  ['echo node'],
  ['echo "a & node'],
  ['"node" x'],
  ['node" x'],
  ['nodemon x'],
  ['node-gyp x'],
  ['node.cmd x'],
  ['node/x'],
  ['node;x'],
  ['^node x'],
  ['.\\node x'],
  ['C:\\node x'],
  ['call node x'],
  ['start node x'],
  ['%COMSPEC% /c node'],
  ['%A% & node'],
  [':node & node'],
  [''],
]
for (const [text, started = text] of texts) {
  const asked = byShell(text)
  const result = mungeCmd(asked, plan, files)
  if (started === text) t.equal(result, asked, text)
  else t.same(result, byShell(started.replaceAll(/\bN\b/g, `"${node}"`)), text)
}

const commandLines: readonly [args: string[], started?: string[]][] = [
  [
    ['C:\\Windows\\System32\\CMD.EXE', '/d', '/s', '/c', '"node x"'],
    ['C:\\Windows\\System32\\CMD.EXE', '/d', '/s', '/c', `"N x"`],
  ],
  [
    ['cmd', '/D/S/C', '"node x"'],
    ['cmd', '/D/S/C', `"N x"`],
  ],
  [
    ['cmd', '/q', '/e:on', '/K', '"node x"'],
    ['cmd', '/q', '/e:on', '/K', `"N x"`],
  ],
  // Somebody else's quoting comes on top.
  [
    ['cmd', '/c', 'node', 'x y'],
    ['cmd', '/c', 'P', 'x y'],
  ],
  [
    ['cmd', '/c', 'node x && node y'],
    ['cmd', '/c', 'P x && P y'],
  ],
  [['cmd', '/v:on', '/c', '"node x"']],
  [['cmd', '/c']],
  [['cmd', '"node x"']],
  [['cmd', 'x', '/c', '"node x"']],
  [['cmd']],
  [['powershell', '/c', '"node x"']],
  [['node', '/c', '"node x"']],
]
for (const [args, started] of commandLines) {
  const asked = request(
    args,
    path(args.includes('node') || args.some((word) => word.includes('&&')) ? 'D:\\nodejs' : 'C:\\Program Files\\nodejs'),
  )
  const result = mungeCmd(asked, plan, files)
  if (started === undefined) t.equal(result, asked, args.join(' '))
  else
    t.same(
      result.args,
      started.map((word) => word.replaceAll(/\bN\b/g, `"${node}"`).replaceAll(/\bP\b/g, plainNode)),
      args.join(' '),
    )
}

t.test('a path that would need quotes where they are not ours to write', (t) => {
  const asked = request(['cmd', '/c', 'node', 'x'])
  t.equal(mungeCmd(asked, plan, files), asked)
  t.end()
})

t.test('which node', (t) => {
  const startedFrom = (env: string[], on: FileSystem, cwd?: string, text = 'node') => {
    const { args } = mungeCmd(byShell(text, env, cwd), plan, on)
    return args[4] === `"${text}"` ? undefined : args[4]?.slice(2, -2)
  }
  t.equal(startedFrom(path('C:\\a', 'D:\\b\\', 'C:\\c'), filesOf('D:\\b\\node.exe', 'C:\\c\\node.exe')), 'D:\\b\\node.exe')
  t.equal(startedFrom(['PATH=C:\\a'], filesOf('C:\\a\\node.exe')), 'C:\\a\\node.exe')
  t.equal(startedFrom(path('"C:\\a;b"', 'C:\\c'), filesOf('C:\\a;b\\node.exe')), 'C:\\a;b\\node.exe')
  t.equal(startedFrom(path('\\\\server\\share'), filesOf('\\\\server\\share\\node.exe')), '\\\\server\\share\\node.exe')
  t.equal(startedFrom(path('C:\\a'), filesOf('C:\\a\\node.exe', 'C:\\a\\node.com')), 'C:\\a\\node.com')
  t.equal(startedFrom(path('C:\\a'), filesOf('C:\\a\\node.com', 'C:\\a\\node.exe'), undefined, 'node.exe'), 'C:\\a\\node.exe')
  t.equal(startedFrom(path('C:\\a', 'C:\\b'), filesOf('C:\\a\\node.cmd', 'C:\\b\\node.exe')), undefined, 'a .cmd comes first')
  t.equal(startedFrom([...path('C:\\a'), 'PathExt=.JS;.EXE'], filesOf('C:\\a\\node.js', 'C:\\a\\node.exe')), undefined, 'PATHEXT')
  t.equal(startedFrom([...path('C:\\a'), 'PATHEXT='], filesOf('C:\\a\\node.exe')), 'C:\\a\\node.exe', 'an empty PATHEXT')
  t.equal(startedFrom(path('C:\\a'), filesOf('node.exe', 'C:\\a\\node.exe')), undefined, 'one in the working directory comes first')
  t.equal(startedFrom(path('C:\\a'), filesOf('D:\\w\\node.bat', 'C:\\a\\node.exe'), 'D:\\w'), undefined)
  t.equal(startedFrom(path('C:\\a'), filesOf('C:\\node.bat', 'C:\\a\\node.exe'), 'C:\\'), undefined)
  t.equal(startedFrom(path('C:\\a'), filesOf('C:\\a\\node.exe'), 'D:\\w'), 'C:\\a\\node.exe')
  t.equal(startedFrom(path('bin', 'C:\\a'), filesOf('bin\\node.exe', 'C:\\a\\node.exe')), undefined, 'a relative entry')
  t.equal(startedFrom(path('C:\\100%', 'C:\\a'), filesOf('C:\\100%\\node.exe')), undefined, 'a path that cmd.exe would change')
  t.equal(startedFrom(path('C:\\a'), filesOf()), undefined, 'none')
  t.equal(startedFrom([], filesOf(node)), undefined, 'no Path')
  t.end()
})

t.test('left alone', (t) => {
  const asked = byShell('node x')
  t.equal(mungeCmd(asked, { ...plan, windows: false }, files), asked, 'elsewhere than on Windows')
  t.equal(mungeCmd(asked, { ...plan, nodeFlags: ['--harmony'] }, files), asked, 'the shim adds flags')
  t.end()
})
