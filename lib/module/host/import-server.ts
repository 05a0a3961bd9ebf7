import { recordThrown } from '../../process/error-record.js'
import { CancelledError, NoSyncError } from './errors.js'
import type { LoadPlan } from './load-options.js'
import { clones, resultNotCloneable } from './not-cloneable.js'
import { describeThrown } from './tell.js'
import type { FromModule, ToModule } from './wire.js'

/** What the server of a module's imports needs of its host. */
interface Host {
  readonly name: string
  readonly url: string
  readonly plan: LoadPlan
  post(message: ToModule, onFailure: (cause: unknown) => void): void
  kill(reason: Error): void
  /** Does this thread wait for a synchronous call of the module? */
  isInSync(): boolean
  isGone(): boolean
}

/** Calls the functions of the host for its module. */
export class ImportServer {
  readonly #host: Host

  constructor(host: Host) {
    this.#host = host
  }

  serve({ id, name, args }: FromModule & { readonly type: 'import' }): void {
    let value: unknown
    try {
      value = this.#host.plan.imports[name]?.(...args)
    } catch (error) {
      this.#threw(id, name, error)
      return
    }
    if (isThenable(value)) this.#serveLater(id, name, Promise.resolve(value))
    else this.#return(id, name, value)
  }

  #serveLater(id: number, name: string, promise: Promise<unknown>): void {
    if (this.#host.isInSync()) {
      const text = `imports.${name}() returns a promise, and the host waits in a synchronous call: nothing could resolve it. Call the export asynchronously.`
      this.#throw(id, new NoSyncError(text, { url: this.#host.url }))
      // It was refused: what becomes of it is nobody's.
      promise.catch(() => {})
      return
    }
    promise.then(
      (result) => this.#return(id, name, result),
      (error: unknown) => this.#threw(id, name, error),
    )
  }

  #return(id: number, name: string, value: unknown): void {
    this.#host.post({ type: 'returned', id, value }, (cause) => this.#throw(id, resultNotCloneable(`imports.${name}()`, value, cause)))
  }

  #throw(id: number, error: unknown): void {
    this.#host.post({ type: 'thrown', id, record: recordThrown(error, clones) }, () => {})
  }

  #threw(id: number, importName: string, error: unknown): void {
    const { name, url, plan } = this.#host
    if (this.#host.isGone()) return
    const text = `imports.${importName}() threw ${describeThrown(error)}`
    switch (plan.onImportError) {
      case 'throw':
        this.#throw(id, error)
        break
      case 'abort':
        process.stderr.write(`${name}: ${text}: the host ends, as onImportError says.\n`)
        process.abort()
        break
      default:
        if (!plan.isQuiet) process.stderr.write(`${name}: ${text}: the module is ended.\n`)
        this.#host.kill(new CancelledError(`Module "${name}" was ended: ${text}.`, { cause: error, url }))
    }
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && typeof (value as { then?: unknown }).then === 'function'
