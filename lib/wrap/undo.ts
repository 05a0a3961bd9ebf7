/** Takes something back. A second call does nothing. With `using` it is called at the end of the block. */
export type Undo = (() => void) & Disposable

/** Makes a function that takes something back once, however often it is called. */
export function undoOnce(takeBack: () => void): Undo {
  let done = false
  const undo = () => {
    if (done) return
    done = true
    takeBack()
  }
  return Object.assign(undo, { [Symbol.dispose]: undo })
}
