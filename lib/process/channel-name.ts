/** Which channel: the processes that it was made for. An end of it may have been handed to another one. */
export interface ChannelName {
  /** Ids of Pids. */
  readonly from: string
  readonly to: string
}

export type Role = 'sender' | 'receiver'

export const otherRole = (role: Role): Role => (role === 'sender' ? 'receiver' : 'sender')

/** Whose the end was to begin with. */
export const ownerOf = ({ from, to }: ChannelName, role: Role): string => (role === 'sender' ? from : to)

/** One text for each end of each channel. */
export const keyOf = ({ from, to }: ChannelName, role: Role): string => `${role} ${from} ${to}`
