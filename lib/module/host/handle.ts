import { BroodError } from '../../errors.js'
import type { LoadedModule, Outcome, UnloadOptions, UnloadReport } from './loaded-module.js'
import type { ModuleHost } from './module-host.js'
import { planUnload } from './unload.js'

type Calls = Readonly<Record<string, (...args: unknown[]) => Promise<Outcome<unknown>>>>
type SyncCalls = Readonly<Record<string, (...args: unknown[]) => Outcome<unknown>>>

/**
 * What the program has of a module. Nothing of brood's holds on to it, and each of its functions does: when it is collected, nobody can unload the module
 * any more.
 */
export class Handle implements LoadedModule {
  readonly name: string
  readonly url: string
  readonly isolation: LoadedModule['isolation']
  readonly exports: Calls
  readonly sync: SyncCalls
  readonly #host: ModuleHost

  constructor(host: ModuleHost) {
    this.#host = host
    this.name = host.name
    this.url = host.url
    this.isolation = host.plan.isolation
    const make = <F>(call: (name: string) => F) => Object.freeze(Object.fromEntries(host.exports.map((name) => [name, call(name)])))
    this.exports = make(
      (name) =>
        (...args: unknown[]) =>
          this.#host.call(name, args),
    )
    this.sync = make(
      (name) =>
        (...args: unknown[]) =>
          this.#host.callSync(name, args),
    )
    if (host.plan.isTracked) dropped.register(this, host, host)
  }

  get state(): LoadedModule['state'] {
    return this.#host.state
  }

  get reason(): Error | undefined {
    return this.#host.reason
  }

  get osPid(): number | undefined {
    return this.#host.isolation.osPid
  }

  get gone(): Promise<void> {
    return this.#host.gone
  }

  main(...args: readonly unknown[]): Promise<Outcome<unknown>> {
    return this.#host.call(null, args)
  }

  async unload(options: UnloadOptions = {}): Promise<UnloadReport> {
    const plan = planUnload(options)
    if (!this.#host.plan.isTracked && !plan.isForced) {
      const text = `Module "${this.name}" was loaded with \`unloading: false\`: what it has open is not known. unload({ force: true }) ends it all the same.`
      throw new BroodError('ERR_BROOD_INVALID_ARGUMENT', text, { argument: 'force' })
    }
    const report = await this.#host.unload(plan)
    dropped.unregister(this.#host)
    return report
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unload({ force: !this.#host.plan.isTracked })
  }
}

const dropped = new FinalizationRegistry<ModuleHost>(({ name, url, state }) => {
  if (state === 'ended' || state === 'unloaded') return
  const text = `Module "${name}" (${url}) was dropped, and nobody can unload it any more: it runs on. Call unload(), or load it with \`unloading: false\`.`
  process.emitWarning(text, { type: 'BroodWarning', code: 'BROOD_MODULE_DROPPED' })
})
