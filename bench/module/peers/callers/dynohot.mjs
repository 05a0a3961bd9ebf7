// `node --import dynohot/register`: imports are live where a module accepts their changes.
import { step as itsStep, version as itsVersion } from './edited.mjs'

import.meta.hot.accept('./edited.mjs')

export const step = (value) => itsStep(value)
export const version = () => itsVersion()
