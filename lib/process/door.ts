import { closeSync, existsSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { isWindows } from '../platform.js'
import { otherRole } from './channel-name.js'
import { Connection } from './connection.js'
import { localEngine } from './engine-local.js'
import { admit, greet, type Hello } from './handshake.js'
import { identity } from './identity.js'
import { Lobby } from './lobby.js'
import { getState } from './state.js'
import { openDirectory } from './tree-directory.js'

/** Milliseconds within which who comes must have shown that it belongs to the tree. A process of the tree may be busy meanwhile. */
const longestHandshake = 60_000

/** Where other processes open channels to this one: one socket for all of them. */
export class Door {
  /** Who has come in. */
  readonly lobby = new Lobby()
  readonly #directory: string
  readonly #path: string
  readonly #token: string
  #server: Server | undefined

  constructor(directory: string, id: string, token: string) {
    this.#directory = directory
    this.#path = localEngine.findListenAddress(directory, id).path
    this.#token = token
  }

  /**
   * It is open when this returns: once more where somebody has removed the socket, such as a program that tidies up the directory for temporary files.
   *
   * @throws Error where the system refuses that, or the directory is not private
   */
  open(): void {
    if (this.#server?.listening === true && (isWindows || existsSync(this.#path))) return
    // First: it removes what has the name of its socket.
    this.#server?.close()
    openDirectory(this.#directory)
    const server = createServer((socket) => void this.#receive(socket))
    server.on('error', () => {})
    server.listen({ path: this.#path, exclusive: true })
    if (!server.listening) throw whyRefused(this.#path)
    server.unref()
    this.#server = server
  }

  /** Lets nobody in any more, and removes the socket. */
  close(): void {
    this.#server?.close()
  }

  async #receive(socket: Socket): Promise<void> {
    socket.unref()
    socket.on('error', () => {})
    const timer = setTimeout(() => socket.destroy(), longestHandshake).unref()
    let hello: Hello
    try {
      hello = await admit(socket, this.#token)
    } catch {
      socket.destroy()
      return
    } finally {
      clearTimeout(timer)
    }
    this.lobby.receive(hello.name, otherRole(hello.role), new Connection(socket))
  }
}

/** Why no socket can be made there. Node says it by an event, which is too late to throw it; the system says the same of a file. */
function whyRefused(path: string): Error {
  try {
    closeSync(openSync(path, 'wx'))
    rmSync(path)
  } catch (error) {
    return error as Error
  }
  return new Error(`no socket can be made at ${path}`)
}

/** The door of this process, opened by who needs it first. @throws Error as {@link Door.open} */
export function openDoor(): Door {
  const state = getState()
  const { directory, token, pid } = identity()
  state.door ??= new Door(directory, pid.id, token)
  state.door.open()
  return state.door
}

/**
 * Comes to the door of a process.
 *
 * @param onConnection is called where it belongs to the tree
 * @param onFailure is called once where it has no door (`isThere` is false), or does not let us in
 * @returns gives up
 */
export function visit(
  id: string,
  hello: Hello,
  onConnection: (connection: Connection) => void,
  onFailure: (isThere: boolean) => void,
): () => void {
  const { directory, token } = identity()
  let isThere = false
  let isOver = false
  const socket = connect(localEngine.findListenAddress(directory, id))
  socket.unref()
  socket.on('error', (error: NodeJS.ErrnoException) => {
    // Whatever else is the matter, such as too many visitors there or too few descriptors here, it may have one.
    isThere ||= error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED'
  })
  socket.once('connect', () => {
    isThere = true
    greet(socket, token, hello).then(
      () => {
        if (!isOver) onConnection(new Connection(socket))
        isOver = true
        return undefined
      },
      () => socket.destroy(),
    )
  })
  socket.once('close', () => {
    if (isOver) return
    isOver = true
    onFailure(isThere)
  })
  return () => {
    if (isOver) return
    isOver = true
    socket.destroy()
  }
}
