// The ends of channels that this process has, and what becomes of them when it ends.

import { type ChannelName, keyOf, ownerOf, type Role } from './channel-name.js'
import { now } from './clock.js'
import { ChannelClosedError, ChannelDuplicateError, ChannelSelfError, type ClosedReason } from './errors.js'
import { identity } from './identity.js'
import { Pid } from './pid.js'
import { type Bequest, type Fate, getState } from './state.js'
import { isGiven, noteGiven, openDirectory, writeNote } from './tree-directory.js'

/** An end that is in use. */
export interface OpenEnd {
  /** The event loop stands still from now on: what was sent is written as far as that is possible without it. */
  prepareToBlock(): void
  /**
   * The process ends. What was sent is written, and the other side is told why nothing more comes.
   *
   * @param deadline by clock.ts
   * @returns what could not be sent yet, because the other side was not there
   */
  endWithProcess(fate: Fate, deadline: number): Bequest | undefined
}

/** Milliseconds, of a process that nobody has given another time. */
const flushTimeout = 10_000

const open = new Set<OpenEnd>()

/**
 * Takes an end of a channel, of which there is one.
 *
 * @throws BroodError `ERR_BROOD_CHANNEL_SELF`, `ERR_BROOD_CHANNEL_DUPLICATE`
 */
export function claimEnd(name: ChannelName, role: Role): void {
  const { channelEnds } = getState()
  const other = new Pid(ownerOf(name, role === 'sender' ? 'receiver' : 'sender'))
  if (name.from === name.to)
    throw new ChannelSelfError('A channel leads to another process: what a process has to tell itself needs none.', { pid: other })
  if (channelEnds.has(keyOf(name, role))) {
    const what = role === 'sender' ? `Sender to ${other.toString()}` : `Receiver from ${other.toString()}`
    throw new ChannelDuplicateError(`This process has a ${what} already. Use that one, or close it first.`, { pid: other })
  }
  channelEnds.add(keyOf(name, role))
}

export function releaseEnd(name: ChannelName, role: Role): void {
  getState().channelEnds.delete(keyOf(name, role))
  arrived.delete(keyOf(name, role))
}

/** How often this process has given an end away: under one name it may be another one each time. */
let gifts = 0

/**
 * Gives an end away, in a message: the other side is to know that it is not with this process any more, which may end before somebody uses it.
 *
 * @returns has it again, when nobody will read the message any more; that gives `false` where somebody has read it
 */
export function handEndOver(name: ChannelName, role: Role): () => boolean {
  const { directory, pid } = identity()
  const gift = `${pid.id}-${++gifts}`
  releaseEnd(name, role)
  note(() => noteGiven(directory, name, role, gift))
  return () => {
    const { channelEnds } = getState()
    // This process may have made another one meanwhile.
    if (channelEnds.has(keyOf(name, role)) || !isGiven(directory, name, role, gift)) return false
    channelEnds.add(keyOf(name, role))
    note(() => writeNote(directory, name, role, pid.id))
    return true
  }
}

/** Those that have come in messages. */
const arrived = new Map<string, object>()

/** Has an end that has come in a message. It may stand in it more than once. */
export function takeEndOver<End extends object>(name: ChannelName, role: Role, make: () => End): End {
  const key = keyOf(name, role)
  const known = arrived.get(key)
  if (known !== undefined) return known as End
  const end = make()
  arrived.set(key, end)
  const { directory, pid } = identity()
  note(() => writeNote(directory, name, role, pid.id))
  return end
}

function note(write: () => void): void {
  try {
    openDirectory(identity().directory)
    write()
  } catch {
    // Who uses it is told that there is no directory to be had.
  }
}

/** From now on an end is closed with the process. */
export function addOpenEnd(end: OpenEnd): void {
  listenForExit()
  open.add(end)
}

export function removeOpenEnd(end: OpenEnd): void {
  open.delete(end)
}

/** Is called in front of every wait without the event loop: the other side may answer only to what was sent before. */
export function prepareToBlock(): void {
  for (const end of open) end.prepareToBlock()
}

function listenForExit(): void {
  const state = getState()
  if (state.endChannels !== undefined) return
  state.endChannels = endChannels
  // A child ends them with its link, by which it can leave what is left to its parent.
  if (state.toParent === undefined) process.on('exit', (exitCode) => endChannels(exitCode, now() + flushTimeout))
}

function endChannels(exitCode: number, deadline: number): void {
  const { toParent, relayThread, door } = getState()
  const fate = exitCode === 0 ? 'exited' : 'died'
  for (const end of open) {
    const bequest = end.endWithProcess(fate, deadline)
    if (bequest !== undefined) toParent?.bequeath(bequest)
  }
  relayThread?.end(exitCode, deadline)
  door?.close()
}

/**
 * What is thrown by an end that has come to its end.
 *
 * @param what of the other process can be had no more
 * @param isOurs was it closed here?
 */
export function closedError(what: string, pid: Pid, reason: ClosedReason, isOurs: boolean): ChannelClosedError {
  const why = {
    closed: isOurs ? 'it was closed' : 'the other process has closed it',
    exited: 'the other process has ended',
    died: 'the other process has died, or the connection to it',
  }
  return new ChannelClosedError(`${what} ${pid.toString()} any more: ${why[reason]}.`, { reason, pid })
}
