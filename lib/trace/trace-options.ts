/** Where a trace goes, and how much it says. */
export interface TraceOptions {
  readonly directory: string
  /** Are arguments that look like secrets written as they are? */
  readonly raw: boolean
  /** Are values of variables written, beside their names? */
  readonly envValues: boolean
}
