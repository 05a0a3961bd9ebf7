// All to all: each of several processes has a channel to every other one, without the first process between them. (constellation)
//   node examples/process/all-to-all.mjs [5]
import { isChild, parentPid, pid, Receiver, Sender, spawn, task } from 'brood/process'

const talk = task('talk', async () => {
  // Who the others are is known when all have been started.
  const everyone = await new Receiver(parentPid()).recv()
  const others = everyone.filter((each) => !each.equals(pid()))
  await Promise.all(others.map((other) => new Sender(other).send({ text: `hi ${other}`, from: pid() })))
  return Promise.all(others.map((other) => new Receiver(other).recv()))
})

if (!isChild) {
  const count = Number(process.argv[2] ?? 5)
  const handles = Array.from({ length: count }, () => spawn(talk))
  const pids = handles.map(({ pid }) => pid)
  await Promise.all(pids.map((each) => new Sender(each).send(pids)))

  let messages = 0
  for (const received of await Promise.all(handles)) {
    messages += received.length
    const texts = new Set(received.map(({ text }) => text))
    console.log(`"${[...texts].join('", "')}" from ${received.map(({ from }) => from.toString()).join(', ')}`)
  }
  console.log(`\n${count} processes, ${messages} channels between them`)
}
