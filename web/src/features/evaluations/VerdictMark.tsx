import { MeaningMark } from '../../components/Meaning';
import { VERDICTS } from '../../components/meanings';

export function VerdictMark({ verdict }: { verdict: keyof typeof VERDICTS }) {
  return <MeaningMark isQuiet meaning={VERDICTS[verdict].meaning}>{VERDICTS[verdict].word}</MeaningMark>;
}
