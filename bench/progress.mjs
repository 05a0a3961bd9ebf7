/** Shows on a terminal how far the bench is; elsewhere it is silent. */
export function makeProgress(stream) {
  if (!stream.isTTY) return { show() {}, end() {} }
  const clearLine = '\r\u001b[K'
  return {
    show(title, round, rounds) {
      stream.write(`${clearLine}${title}: ${round} of ${rounds}`)
    },
    end() {
      stream.write(clearLine)
    },
  }
}
