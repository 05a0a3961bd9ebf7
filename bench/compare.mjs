import { startDriver } from './driver-process.mjs'
import { summarize, summarizeEach, toMilliseconds } from './statistics.mjs'
import { orderFor } from './turns.mjs'

const warmUps = 3

/** Runs one row: bare and every tool in turn, so that what slows the machine slows all of them. */
export async function compareChildren(row, rounds, sandbox, progress) {
  const names = ['bare', ...row.tools]
  const drivers = new Map(names.map((name) => [name, startDriver(name, row, sandbox)]))
  const times = Object.fromEntries(names.map((name) => [name, []]))
  if (row.program !== undefined) await checkWrapping(row, drivers)
  for (let turn = 0; turn < warmUps + rounds; turn++) {
    progress.show(row.title, Math.max(turn - warmUps, 0), rounds)
    for (const name of orderFor(names, turn)) {
      const time = await drivers.get(name).timeChild()
      if (turn >= warmUps) times[name].push(time)
    }
  }
  await Promise.all([...drivers.values()].map((driver) => driver.stop()))

  const { id, title, target } = row
  const { bare, ...wrapped } = times
  const tools = summarizeEach(wrapped, (time, round) => time / bare[round])
  return { id, title, unit: 'ratio', target, rounds, bare: summarize(bare.map(toMilliseconds)), tools }
}

/** A figure of a child that is not wrapped, or of a bare one that is, would be worth nothing. */
async function checkWrapping(row, drivers) {
  for (const [name, driver] of drivers) {
    const expected = name === 'bare' ? 'undefined' : 'set'
    const seen = await driver.readProbe()
    if (seen === expected) continue
    throw new Error(`row ${row.id}: the child of ${name} shows BENCH_MARK ${JSON.stringify(seen)} instead of ${expected}`)
  }
}
