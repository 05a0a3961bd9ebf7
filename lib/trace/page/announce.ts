import { byId } from './dom.js'

/** How long typing or zooming must pause before it is spoken of. */
const pause = 300

let waiting: ReturnType<typeof setTimeout> | undefined

/** Says it to those who cannot see it. */
export function announce(text: string): void {
  clearTimeout(waiting)
  waiting = setTimeout(() => {
    byId('status').textContent = text
  }, pause)
}
