// The same for workerpool.
import workerpool from 'workerpool'

workerpool.worker({ add: (a, b) => a + b, echo: (value) => value })
