// nyc leaves ES modules as they are: what it counts is in the CommonJS file.
import ways from './child.cjs'

ways.moduleMain()
