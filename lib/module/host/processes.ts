// The processes of this machine. Where there is no Linux's /proc, little is known of them.

import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A process, told from another one that is given the same number later. */
export interface OwnProcess {
  readonly osPid: number
  /** In ticks since the machine was started; `undefined` where the system does not tell. */
  readonly startTime: string | undefined
}

interface Entry extends OwnProcess {
  readonly parent: number
}

/** @returns `undefined` where there is none, or none but its exit code any more */
function readProcess(osPid: number | string): Entry | undefined {
  try {
    const text = readFileSync(`/proc/${osPid}/stat`, 'latin1')
    // Its name stands in parentheses, and may hold anything.
    const [state, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return undefined
    return { osPid: Number(osPid), parent: Number(parent), startTime: rest[17] }
  } catch {
    return undefined
  }
}

/** Is it there, and still the same one? */
export function isThere({ osPid, startTime }: OwnProcess): boolean {
  if (startTime !== undefined) return readProcess(osPid)?.startTime === startTime
  try {
    return process.kill(osPid, 0)
  } catch {
    return false
  }
}

/** The processes that are there, of those with such numbers. */
export function findProcesses(osPids: readonly number[]): OwnProcess[] {
  if (process.platform !== 'linux') return osPids.map((osPid) => ({ osPid, startTime: undefined })).filter(isThere)
  return osPids.map(readProcess).filter((each) => each !== undefined)
}

/** All processes below some, and these: the nearest first. @returns `undefined` where there is no /proc */
function readTrees(roots: readonly number[]): OwnProcess[] | undefined {
  if (process.platform !== 'linux') return undefined
  if (roots.length === 0) return []
  try {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(readProcess)
      .filter((each) => each !== undefined)
    const found = all.filter(({ osPid }) => roots.includes(osPid))
    // It grows meanwhile.
    for (const { osPid } of found) found.push(...all.filter(({ parent }) => parent === osPid))
    return found
  } catch {
    return undefined
  }
}

/** The processes below one, without itself. */
export const readBelow = (osPid: number): OwnProcess[] | undefined => readTrees([osPid])?.filter((each) => each.osPid !== osPid)

/**
 * The processes that one thread of this process has started, and those below them. The kernel keeps them by thread, so that those of others are not
 * among them.
 */
export function readBelowThread(thread: number): OwnProcess[] | undefined {
  try {
    const text = readFileSync(`/proc/self/task/${thread}/children`, 'latin1').trim()
    return readTrees(text === '' ? [] : text.split(' ').map(Number))
  } catch {
    return undefined
  }
}

/** Milliseconds in which who has started a process is given the time to ask how it has ended: until then the system keeps its number. */
const reaping = 100

/** Ends processes. @returns those that still run after `longest` milliseconds */
export async function killProcesses(processes: readonly OwnProcess[], longest: number): Promise<OwnProcess[]> {
  for (const each of processes) if (isThere(each)) tryKill(each.osPid)
  const left = await waitWhile(processes, isThere, longest)
  await waitWhile(processes, ({ osPid }) => existsSync(`/proc/${osPid}`), reaping)
  return left
}

/** The system has no event for processes that are not children of this one. */
async function waitWhile(processes: readonly OwnProcess[], isSo: (each: OwnProcess) => boolean, longest: number): Promise<OwnProcess[]> {
  const deadline = performance.now() + longest
  let left = processes.filter(isSo)
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 2))
    left = left.filter(isSo)
  }
  return left
}

function tryKill(osPid: number): void {
  try {
    process.kill(osPid, 'SIGKILL')
  } catch {
    // It is gone, or another user's: who asks then sees it.
  }
}

/** Milliseconds of processor time that a process has had, as Linux counts them: ten at a time. */
export function processorTime(osPid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${osPid}/stat`, 'latin1')
    const [, , , , , , , , , , , user, system] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return (Number(user) + Number(system)) * 10
  } catch {
    return undefined
  }
}
