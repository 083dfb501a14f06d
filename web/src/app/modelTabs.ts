/** The parts of a model, as they stand in the address and on the screen. */
export const MODEL_TABS: readonly (readonly [name: string, label: string])[] = [
  ['trust', 'Trust'],
  ['drift', 'Drift'],
  ['fairness', 'Fairness'],
  ['performance', 'Performance'],
  ['data', 'Data'],
  ['quality', 'Data quality'],
  ['quarantine', 'Quarantine'],
  ['evaluations', 'Evaluations'],
  ['versions', 'Versions & deployments'],
  ['alerts', 'Alerts'],
  ['timeline', 'Timeline'],
];
