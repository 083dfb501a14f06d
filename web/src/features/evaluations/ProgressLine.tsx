import { Progress } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { progressText } from './progressText';

export const ProgressFigures = graphql(`
  fragment ProgressFigures on EvaluationProgress {
    step
    share
    rowsRead
    rowsToRead
    attempt
    lastError
  }
`);

type Given = FragmentType<typeof ProgressFigures> | null;

/** How far an evaluation is that is not over. */
export function ProgressLine({ progress: given }: { progress: Given }) {
  const progress = readFragment(ProgressFigures, given);
  return (
    <Panel title="How far it is" note={progress ? progressText(progress) : 'It was asked for just now.'}>
      <Progress aria-label="How far it is" value={percent(progress?.share ?? 0)} animated={progress !== null && progress.step !== 'WAITING'} />
    </Panel>
  );
}

/** The same in a line of a list; nothing while it waits, or once it is over. */
export function ProgressShare({ progress: given }: { progress: Given }) {
  const progress = readFragment(ProgressFigures, given);
  if (!progress || progress.step === 'WAITING') return null;
  return <span className="dim small">{percent(progress.share)} %</span>;
}

function percent(share: number): number {
  return Math.floor(100 * share);
}
