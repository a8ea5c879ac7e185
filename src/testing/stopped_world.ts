/** The process is dead as far as the file system can tell: thrown at the stop, and ever after. */
export class StoppedWorld extends Error {
  /** The class's own name. */
  override readonly name = "StoppedWorld";
}
