import type { VersionFiguresFragment } from '../../gql/graphql';
import { plural } from '../../lib/format';
import { windowText } from '../../lib/time';

type Baseline = NonNullable<VersionFiguresFragment['baseline']>;

/** What a version is held against now, in words. */
export function heldAgainst({ moving, source, predictedFrom, predictedTo }: Pick<Baseline, 'moving' | 'source' | 'predictedFrom' | 'predictedTo'>): string {
  if (moving?.kind === 'TRAILING') return `The ${plural(moving.days, 'day')} before each window`;
  if (moving?.kind === 'SEASONAL') return `The same weekdays in the ${plural(moving.days, 'day')} before each window`;
  if (source === 'UPLOAD') return 'Uploaded rows';
  return predictedFrom ? `Predictions of ${windowText(predictedFrom, predictedTo)}` : 'Predictions';
}

export type Way = 'window' | 'refit' | 'trailing' | 'seasonal' | 'upload';

/** What another baseline will do, in words that follow "This will". */
export function baselineConsequences({ way, hasGrid, isMoving }: { way: Way; hasGrid: boolean; isMoving: boolean }): string[] {
  const found = {
    window: 'hold every later window against these predictions',
    refit: 'count every row of the version anew, as suits these predictions, and hold later windows against them',
    trailing: 'hold each window against all predictions of the days before it',
    seasonal: 'hold each window against predictions of the same weekdays before it',
    upload: 'hold every later window against the rows of the file, which are counted and not kept',
  };
  const happens = [found[way]];
  if (!hasGrid) happens.push('choose from these rows how all others are counted');
  if (isMoving && (way === 'window' || way === 'upload')) happens.push('end the baseline that moves');
  if (isMoving && way === 'refit') happens.push('let the baseline that moves go on, counted likewise');
  if (hasGrid) happens.push('measure the present window anew, and leave what was measured before as it is');
  return happens;
}
