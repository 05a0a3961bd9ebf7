// How two processes that meet at a socket find out that the other one belongs to the tree, without telling the token.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import type { ChannelName, Role } from './channel-name.js'

const magic = Buffer.from('brood ch1')
const idLength = 16
const nonceLength = 16
const macLength = 32
const rolePlace = magic.length
const namePlace = rolePlace + 1
const noncePlace = namePlace + 2 * idLength
const helloLength = noncePlace + nonceLength
const roles: readonly Role[] = ['sender', 'receiver']

/** What who comes wants. */
export interface Hello {
  readonly name: ChannelName
  /** Which end it has. */
  readonly role: Role
}

/**
 * Of who comes: says what it wants, lets the other one prove that it knows the token, and proves it.
 *
 * @throws Error where the other one does not
 */
export async function greet(socket: Socket, token: string, { name, role }: Hello): Promise<void> {
  const hello = Buffer.concat([
    magic,
    Buffer.of(roles.indexOf(role)),
    Buffer.from(name.from, 'hex'),
    Buffer.from(name.to, 'hex'),
    randomBytes(nonceLength),
  ])
  socket.write(hello)
  const answer = await readExactly(socket, nonceLength + macLength)
  const nonce = answer.subarray(0, nonceLength)
  verify(answer.subarray(nonceLength), prove(token, 'host', hello, nonce))
  socket.write(prove(token, 'guest', hello, nonce))
}

/**
 * Of who is come to: the same from the other side.
 *
 * @throws Error where the other one does not know the token, or speaks something else
 */
export async function admit(socket: Socket, token: string): Promise<Hello> {
  const hello = await readExactly(socket, helloLength)
  const role = roles[hello[rolePlace] as number]
  if (!hello.subarray(0, magic.length).equals(magic) || role === undefined) throw new Error('This is no process of brood.')
  const nonce = randomBytes(nonceLength)
  socket.write(Buffer.concat([nonce, prove(token, 'host', hello, nonce)]))
  verify(await readExactly(socket, macLength), prove(token, 'guest', hello, nonce))
  const id = (at: number) => hello.toString('hex', at, at + idLength)
  return { role, name: { from: id(namePlace), to: id(namePlace + idLength) } }
}

/** Each of the two proves something else, with what the other one has made up: what was heard once is of no use. */
function prove(token: string, side: 'host' | 'guest', hello: Uint8Array, nonce: Uint8Array): Buffer {
  return createHmac('sha256', token).update(side).update(hello).update(nonce).digest()
}

function verify(mac: Uint8Array, expected: Uint8Array): void {
  if (!timingSafeEqual(mac, expected)) throw new Error('This process does not know the token of the tree.')
}

function readExactly(socket: Socket, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const read = () => {
      const bytes = socket.read(length) as Buffer | null
      if (bytes === null) return
      stop()
      if (bytes.length === length) resolve(bytes)
      else reject(new Error('The other side has ended within the handshake.'))
    }
    const fail = () => {
      stop()
      reject(new Error('The other side has ended within the handshake.'))
    }
    const stop = () => socket.off('readable', read).off('end', fail).off('close', fail)
    socket.on('readable', read).once('end', fail).once('close', fail)
    if (socket.destroyed) fail()
    else read()
  })
}
