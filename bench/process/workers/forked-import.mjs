// The same as one that imports a package: Node looks for that, and loads it, before it answers.
import { add } from 'tiny'

process.once('message', ([a, b]) => process.send(add(a, b), () => process.disconnect()))
