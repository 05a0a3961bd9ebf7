import { type Progress, TraceFollower } from '../trace/follow.js'

const interval = 500

/**
 * Shows how many processes run, are done and have failed, in the terminal's title; and on a line of its own where the command's
 * output goes elsewhere. Nothing of it comes between the command's own lines.
 *
 * @returns ends it, and leaves the terminal as it was
 */
export function showProgress(directory: string): () => void {
  const { stderr, stdout } = process
  if (!stderr.isTTY || process.env.TERM === 'dumb') return () => {}
  const hasLine = !stdout.isTTY
  const follower = new TraceFollower(directory)
  const show = () => {
    const text = progressText(follower.poll())
    stderr.write(`\x1b]0;${text}\x07${hasLine ? `\r\x1b[2K${text}\r` : ''}`)
  }
  // The terminal keeps its own title on a stack meanwhile.
  stderr.write('\x1b[22;0t')
  const timer = setInterval(show, interval)
  timer.unref()
  return () => {
    clearInterval(timer)
    stderr.write(`${hasLine ? '\r\x1b[2K' : ''}\x1b[23;0t`)
  }
}

function progressText({ running, done, failed }: Progress): string {
  return `brood: ${running} running, ${done} done${failed > 0 ? `, ${failed} failed` : ''}`
}
