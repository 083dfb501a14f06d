import { Shape } from '../../components/Meaning';
import { VERDICTS } from '../../components/meanings';
import type { ResultFiguresFragment } from '../../gql/graphql';
import { ResultValue, type Origin } from './ResultValue';
import classes from './SlicesPanel.module.css';

/** A number with the shape of its verdict. */
export function Judged({ result, origin }: { result: ResultFiguresFragment | null; origin: Origin }) {
  if (result === null) return <span className="dim">–</span>;
  const { meaning, word } = VERDICTS[result.verdict];
  return (
    <span className={classes.judged}>
      <Shape meaning={meaning} />
      <ResultValue result={result} origin={origin} />
      <span className="visually-hidden">{word}</span>
    </span>
  );
}
