// How the answer to a relay lies in a frame of the link.
import { farewells } from './channel-message.js'
import type { Frame } from './frame.js'
import { decodeMessage, encodeMessage } from './message-value.js'
import type { Relayed } from './state.js'

/** From here on `about` is the type of a frame of the channel. */
const firstType = 16
/** Below, it is a farewell, or this. */
const refusal = 15

export function writeRelayed({ frame, closed, refused }: Relayed): Pick<Frame, 'about' | 'value'> {
  if (frame !== undefined) return { about: firstType + frame.type, value: frame.value }
  if (refused !== undefined) return { about: refusal, value: encodeMessage(refused, () => 'A refusal') }
  return { about: closed === undefined ? 0 : farewells.indexOf(closed) + 1, value: undefined }
}

export function readRelayed(about: number, value: Frame['value']): Relayed {
  if (about >= firstType) return { frame: { type: about - firstType, id: 0, value } }
  if (about === refusal) return { refused: decodeMessage(value) as string }
  const closed = farewells[about - 1]
  return closed === undefined ? {} : { closed }
}
