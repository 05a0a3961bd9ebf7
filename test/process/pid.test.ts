import { inspect } from 'node:util'
import { Pid } from '../../lib/process/pid.js'
import t from '../tap.js'

const pid = Pid.make()
t.match(pid.id, /^[0-9a-f]{32}$/)
t.equal(String(pid), pid.id.slice(0, 7))
t.equal(pid.toString().length, 7)
t.equal(inspect({ pid }), `{ pid: Pid(${pid.toString()}) }`)
t.equal(JSON.stringify({ pid }), `{"pid":"${pid.id}"}`)
t.ok(pid.equals(new Pid(pid.id)))
t.notOk(pid.equals(Pid.make()))
t.notOk(pid.equals(pid.id))
t.ok(Pid.isId(pid.id))
for (const other of ['', pid.id.slice(1), `${pid.id.slice(1)}G`, 1, undefined]) t.notOk(Pid.isId(other), String(other))
t.equal(new Set(Array.from({ length: 10_000 }, () => Pid.make().id)).size, 10_000)
