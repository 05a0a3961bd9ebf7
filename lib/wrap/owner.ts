import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** Who keeps a context's directory, told so that another process can see whether it still runs. */
export interface Owner {
  readonly pid: number
  /** When it started, in clock ticks since the system did: it tells two processes of one pid apart. */
  readonly startTime: string | undefined
  /** Where that pid means anything; `undefined` where there is no /proc. */
  readonly place: Place | undefined
  /** Under SPAWN_WRAP_DEBUG the directory stays for a look at it, and goes by age. */
  readonly kept: boolean
}

/** One start of one system, and one pid namespace in it: containers and machines may share a home directory. */
export interface Place {
  readonly bootId: string
  readonly pidNamespace: string
}

/** The name of the owner's file in the context's directory: the first that is written and the last that is removed. */
export const ownerFile = 'owner.json'

let here: { readonly place: Place | undefined } | undefined

/** Where this process runs; `undefined` where there is no /proc, or that of another pid namespace. */
export function currentPlace(): Place | undefined {
  here ??= { place: findPlace() }
  return here.place
}

function findPlace(): Place | undefined {
  try {
    if (readlinkSync('/proc/self') !== String(process.pid)) return undefined
    return {
      bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
      pidNamespace: readlinkSync('/proc/self/ns/pid'),
    }
  } catch {
    return undefined
  }
}

/** A process of this place, as an owner. */
export function describeOwner(pid: number, kept: boolean): Owner {
  const place = currentPlace()
  return { pid, startTime: place === undefined ? undefined : startTimeOf(pid), place, kept }
}

/** @returns `undefined` where the file is missing, torn, or not brood's */
export function readOwner(directory: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(join(directory, ownerFile), 'utf8')) as Owner | null
    return typeof owner?.pid === 'number' ? owner : undefined
  } catch {
    return undefined
  }
}

/** When a process started; `undefined` where there is none of that pid, or one that has ended and is not waited for yet. */
export function startTimeOf(pid: number): string | undefined {
  try {
    return parseStartTime(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return undefined
  }
}

/**
 * Finds the start time in the text of /proc/<pid>/stat.
 *
 * @see proc_pid_stat(5): the second field is the program's name in parentheses, which may hold blanks and parentheses itself
 */
export function parseStartTime(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state] = fields
  const fieldNumber = 22
  return state === 'Z' || state === 'X' ? undefined : fields[fieldNumber - 3]
}

/**
 * Does an owner still run?
 *
 * @param place where it is asked
 * @returns `unknown` where its pid means nothing here: it may run in another container, on another machine, or have ended with the power
 */
export function judgeOwner(
  owner: Owner | undefined,
  place: Place | undefined,
  startTime: (pid: number) => string | undefined,
): 'runs' | 'gone' | 'unknown' {
  if (owner === undefined || owner.kept || owner.place === undefined || place === undefined) return 'unknown'
  if (owner.place.bootId !== place.bootId || owner.place.pidNamespace !== place.pidNamespace) return 'unknown'
  return owner.startTime !== undefined && startTime(owner.pid) === owner.startTime ? 'runs' : 'gone'
}
