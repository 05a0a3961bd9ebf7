/** Milliseconds. What is started within it was as good as started at once. */
const moment = 50

/**
 * Remembers an answer of the operating system for a moment: to ask costs as much as all else that brood does to start a process.
 *
 * @param ask for each question, such as a path, anew
 */
export function forAMoment<Answer>(ask: (question: string) => Answer): (question: string) => Answer {
  let latest: { readonly question: string; readonly answer: Answer; readonly at: number } | undefined
  return (question) => {
    const now = Date.now()
    // The clock may have been set back.
    const isFresh = latest !== undefined && latest.question === question && now >= latest.at && now - latest.at < moment
    if (!isFresh || latest === undefined) latest = { question, answer: ask(question), at: now }
    return latest.answer
  }
}
