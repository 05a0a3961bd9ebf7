/** As many milliseconds as Node waits for. What asks it for more is called at once. */
export const longestTimer = 2 ** 31 - 1

/**
 * Calls something after so many milliseconds, also where they are more than a timer waits for: it is wound up again then.
 *
 * @param longest what one waits for
 */
export function startTimer(action: () => void, milliseconds: number, longest = longestTimer): NodeJS.Timeout {
  if (milliseconds <= longest) return setTimeout(action, milliseconds)
  let left = Math.ceil(milliseconds / longest)
  const part = Math.ceil(milliseconds / left)
  const timer = setTimeout(() => {
    if (--left === 0) action()
    else timer.refresh()
  }, part)
  return timer
}
