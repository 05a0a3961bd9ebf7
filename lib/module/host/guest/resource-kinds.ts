// What the types of async_hooks are, to a person. Those that are not here hold nothing open, or are a part of one that is.

import type { Leftover } from '../../leftover.js'
import type { Origin } from './where.js'

/** A resource of Node's, as far as something of it is read. */
export interface Resource {
  readonly _destroyed?: boolean
  readonly _idleTimeout?: number
  readonly _repeat?: number | null
  readonly fd?: number
  readonly pid?: number
  readonly ondone?: unknown
  /** -1: there is nothing behind it any more. */
  getAsyncId?(): number
  hasRef?(): boolean
  getsockname?(into: object): number
  getpeername?(into: object): number
  readonly [key: symbol]: unknown
}

export interface Kind {
  readonly kind: Leftover['kind']
  describe(resource: Resource): string
  /** @default what is closed has lost its number */
  isOpen?(resource: Resource): boolean
  /** Is it one that Node has made for something else, which is listed itself? @default it is not */
  isPart?(origin: Origin, resource: Resource): boolean
}

const hasNumber = (resource: Resource) => resource.getAsyncId?.() !== -1
const isTimerOpen = ({ _destroyed: isDestroyed }: Resource) => isDestroyed !== true
const isMadeByNode = ({ creator }: Origin) => creator?.startsWith('node:') === true
const isStandardStream = ({ fd }: Resource) => fd !== undefined && fd >= 0 && fd <= 2

export const resourceKinds: Readonly<Record<string, Kind>> = {
  Timeout: {
    kind: 'timer',
    describe: (timer) => {
      const { _repeat: repeat, _idleTimeout: timeout } = timer
      const what = typeof repeat === 'number' ? `setInterval, every ${repeat} ms` : `setTimeout, in ${timeout} ms`
      return timer.hasRef?.() === false ? `${what}, unref'd` : what
    },
    isOpen: isTimerOpen,
    // That of an http.Server, say.
    isPart: isMadeByNode,
  },
  Immediate: { kind: 'timer', describe: () => 'setImmediate', isOpen: isTimerOpen, isPart: isMadeByNode },
  TCPWRAP: { kind: 'socket', describe: (handle) => `socket${addresses(handle)}`, isPart: (_origin, handle) => isStandardStream(handle) },
  PIPEWRAP: {
    kind: 'socket',
    describe: () => 'pipe, or socket of a path',
    // The streams of a child go with it.
    isPart: ({ creator }, handle) => isStandardStream(handle) || creator?.startsWith('node:internal/child_process') === true,
  },
  TCPSERVERWRAP: { kind: 'server', describe: (handle) => `server${listening(handle)}` },
  PIPESERVERWRAP: { kind: 'server', describe: () => 'server of a path' },
  UDPWRAP: { kind: 'socket', describe: (handle) => `UDP socket${listening(handle)}` },
  FSEVENTWRAP: { kind: 'watcher', describe: () => 'fs.watch' },
  STATWATCHER: { kind: 'watcher', describe: () => 'fs.watchFile' },
  PROCESSWRAP: {
    kind: 'process',
    describe: (handle) => `process${commandOf(handle)}`,
    isOpen: (handle) => hasNumber(handle) && handle.pid !== undefined && handle.pid > 0,
  },
  // Closed, it stays until it is collected.
  FILEHANDLE: { kind: 'file', describe: ({ fd }) => `FileHandle, descriptor ${fd}`, isOpen: ({ fd }) => fd !== undefined && fd >= 0 },
  MESSAGEPORT: {
    kind: 'other',
    describe: () => 'MessagePort that listens',
    isOpen: (port) => port.hasRef?.() === true,
    isPart: ({ creator }) => creator?.startsWith('node:internal/worker:') === true,
  },
  FSREQCALLBACK: request('a file operation that still runs'),
  FSREQPROMISE: request('a file operation that still runs'),
  GETADDRINFOREQWRAP: request('dns.lookup() that still runs'),
  QUERYWRAP: request('a DNS query that still runs'),
  PBKDF2REQUEST: job('crypto.pbkdf2() that still runs'),
  SCRYPTREQUEST: job('crypto.scrypt() that still runs'),
  RANDOMBYTESREQUEST: job('crypto.randomBytes() that still runs'),
  KEYPAIRGENREQUEST: job('crypto.generateKeyPair() that still runs'),
}

/** Is it still what it was? */
export const isOpen = (kind: Kind, resource: Resource): boolean => kind.isOpen?.(resource) ?? hasNumber(resource)

function request(description: string): Kind {
  return { kind: 'other', describe: () => description }
}

/** One that was done at once, `randomBytes(8)` say, has nobody to tell, and stays until it is collected. */
function job(description: string): Kind {
  return { ...request(description), isOpen: (resource) => hasNumber(resource) && resource.ondone !== undefined }
}

interface Address {
  readonly address?: string
  readonly port?: number
}

function addresses(handle: Resource): string {
  const { address, port } = ask(handle, 'getpeername')
  return address === undefined ? '' : ` to ${address}:${port}`
}

function listening(handle: Resource): string {
  const { address, port } = ask(handle, 'getsockname')
  return address === undefined ? '' : ` on ${address}:${port}`
}

function ask(handle: Resource, name: 'getpeername' | 'getsockname'): Address {
  const into: Address = {}
  handle[name]?.(into)
  return into
}

/** What a handle is the handle of: a net.Server, a ChildProcess. */
export function ownerOf(handle: Resource): { readonly spawnargs?: readonly string[] } | undefined {
  const key = Object.getOwnPropertySymbols(handle).find((symbol) => symbol.description === 'owner_symbol')
  const owner = key === undefined ? undefined : handle[key]
  return typeof owner === 'object' && owner !== null ? owner : undefined
}

function commandOf(handle: Resource): string {
  const command = ownerOf(handle)?.spawnargs?.join(' ')
  return command === undefined || command === '' ? '' : ` "${command.length > 80 ? `${command.slice(0, 79)}…` : command}"`
}
