/** What an engine of the job queue does, as facts. */
export interface JobQueueCapabilities {
  /** Whether workers in several processes share the jobs. */
  readonly reachesOtherProcesses: boolean;
  /** Whether a run of a schedule may start while the one before it is still going on. */
  readonly schedulesMayOverlap: boolean;
}
