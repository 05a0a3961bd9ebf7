/** What the thread that watches files is asked for. */
export type WatchRequest =
  | { readonly kind: 'watch'; readonly paths: readonly string[] }
  /** To tell of a change after some time, though none was seen. */
  | { readonly kind: 'remind'; readonly milliseconds: number }
