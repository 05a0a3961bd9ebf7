// What a thread sees to while it waits without its event loop: the links to its children, one of which it may be waiting for.

/** @returns was there anything to see to? */
type See = () => boolean

const all = new Set<See>()
const answering = new Set<See>()
let isSeeing = false

/** @returns ends it */
export function seeToMeanwhile(see: See): () => void {
  all.add(see)
  return () => void all.delete(see)
}

/** The same for who answers what the others have asked for: by itself it is no reason to look. */
export function seeToAnswers(see: See): void {
  answering.add(see)
}

/** Is there something that a wait may not do without? */
export const isNeededMeanwhile = (): boolean => all.size > 0

/** Is this called by what is seen to? Nothing that is given to the event loop goes out then. */
export const isWithoutLoop = (): boolean => isSeeing

/** Is called again and again while a thread waits. @returns was there anything? */
export function seeToAll(): boolean {
  if (isSeeing) return false
  isSeeing = true
  try {
    let isAny = false
    // First: what they say is passed on then.
    for (const see of answering) isAny = see() || isAny
    for (const see of all) isAny = see() || isAny
    return isAny
  } finally {
    isSeeing = false
  }
}
