import { Button, Popover, Slider, TextInput } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { graphql } from '../gql';
import { useAsOf } from '../components/useAsOf';
import { useKeptQuery } from '../components/useKeptQuery';
import { useRefresh } from '../components/useRefresh';
import { fromStep, isPosition, toStep } from '../lib/asOf';
import { count } from '../lib/format';
import { exactMoment, toLocalInput } from '../lib/time';
import { asOfSentence } from '../lib/sentences';
import classes from './TimeBar.module.css';

const RecordedTime = graphql(`
  query RecordedTime($asOf: AsOf) {
    now: recordedTime {
      position
      recordedAt
      firstPosition
      firstRecordedAt
    }
    then: recordedTime(asOf: $asOf) {
      position
      recordedAt
    }
  }
`);

const STEPS = 1_000;
const SETTLE_MILLISECONDS = 180;
const REFRESH_MILLISECONDS = 15_000;

/** The one slider over recorded time, beside what else is looked at. What was known then is an address, so a link shows it to a colleague. */
export function TimeBar({ children }: { children: ReactNode }) {
  const { asOf, setAsOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: RecordedTime, variables: { asOf } });
  const [dragged, setDragged] = useState<number | null>(null);
  const { now, then } = result.data ?? {};
  const first = now?.firstRecordedAt ? Date.parse(now.firstRecordedAt) : null;
  const last = now?.recordedAt ? Date.parse(now.recordedAt) : null;
  const shown = asOf === null ? null : isPosition(asOf) ? (then?.recordedAt ?? null) : asOf;
  const hasRange = first !== null && last !== null && last > first;
  const step = dragged ?? (hasRange && shown !== null ? toStep(Date.parse(shown), first, last, STEPS) : STEPS);
  const draggedTo = dragged !== null && hasRange ? fromStep(dragged, first, last, STEPS) : null;

  // A drag shows the moment at once and reads it when the hand rests.
  useEffect(() => {
    if (dragged === null || !hasRange) return undefined;
    const timer = setTimeout(() => {
      setAsOf(fromStep(dragged, first, last, STEPS));
      setDragged(null);
    }, SETTLE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [dragged, hasRange, first, last, setAsOf]);

  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);

  const toPosition = (by: number) => {
    // The address may be ahead of the answer, where the button is pressed fast.
    const at = asOf !== null && isPosition(asOf) ? asOf : (then?.position ?? now?.position ?? 0);
    const from = Number(at) + by;
    const newest = Number(now?.position ?? 0);
    setAsOf(from >= newest ? null : String(Math.max(from, Number(now?.firstPosition ?? 1))));
  };
  const isPast = asOf !== null || draggedTo !== null;
  return (
    <div className={classes.bar} data-past={isPast}>
      <div className={classes.inner}>
        <div className={classes.about}>
          {children}
          <div className={classes.words} role="status">
            {isPast ? <strong>{asOfSentence(draggedTo ?? shown, asOf)}</strong> : <span>As known now</span>}
            {asOf !== null && then && <span className={classes.position}>position {count(Number(then.position))} · nothing can be changed here</span>}
          </div>
        </div>
        <div className={classes.slider}>
          <Button variant="subtle" size="compact-xs" aria-label="One recorded fact earlier" disabled={!hasRange} onClick={() => toPosition(-1)}>‹</Button>
          <Slider
            className={classes.track}
            size="xs"
            min={0}
            max={STEPS}
            value={step}
            disabled={!hasRange}
            label={(value) => (hasRange ? exactMoment(fromStep(value, first, last, STEPS) ?? last) : 'now')}
            thumbProps={{ 'aria-label': 'Recorded time', 'aria-valuetext': isPast ? exactMoment(draggedTo ?? shown) : 'now' }}
            onChange={setDragged}
          />
          <Button variant="subtle" size="compact-xs" aria-label="One recorded fact later" disabled={!hasRange || asOf === null} onClick={() => toPosition(1)}>›</Button>
          <MomentPicker shown={shown} first={first} last={last} onPick={setAsOf} />
          <Button variant={asOf === null ? 'default' : 'filled'} size="compact-xs" disabled={asOf === null} onClick={() => setAsOf(null)}>Now</Button>
        </div>
      </div>
    </div>
  );
}

function MomentPicker({ shown, first, last, onPick }: {
  shown: string | null;
  first: number | null;
  last: number | null;
  onPick: (asOf: string | null) => void;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button variant="subtle" size="compact-xs" onClick={() => setOpen(!isOpen)}>Pick…</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={classes.pick}
          onSubmit={(event) => {
            event.preventDefault();
            const value = new FormData(event.currentTarget).get('moment');
            const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
            if (!Number.isNaN(time)) onPick(last !== null && time >= last ? null : new Date(time).toISOString());
            setOpen(false);
          }}
        >
          <TextInput
            label="As known on"
            name="moment"
            type="datetime-local"
            step={1}
            defaultValue={shown !== null ? toLocalInput(shown) : last !== null ? toLocalInput(last) : ''}
            min={first === null ? undefined : toLocalInput(first)}
            max={last === null ? undefined : toLocalInput(last)}
          />
          <Button type="submit" size="xs">Show</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
