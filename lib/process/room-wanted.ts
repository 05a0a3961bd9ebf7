// Does somebody of the tree wait for room that this process's idle ones have? The root finds it out, and the others are told by their parents.
import { getState } from './state.js'

export const isRoomWanted = (): boolean => getState().isRoomWanted

export function setRoomWanted(isWanted: boolean): void {
  const state = getState()
  if (state.isRoomWanted === isWanted) return
  state.isRoomWanted = isWanted
  for (const listener of state.roomListeners) listener()
}

/** @param listener is called each time that it changes @returns ends that */
export function onRoomWanted(listener: () => void): () => void {
  const { roomListeners } = getState()
  roomListeners.add(listener)
  return () => void roomListeners.delete(listener)
}
