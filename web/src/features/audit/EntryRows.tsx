import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { EntryFiguresFragment } from '../../gql/graphql';
import { count } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { exactMoment } from '../../lib/time';
import { actionWords } from './entries';
import classes from './audit.module.css';

const ROW_PIXELS = 32;

/** Entries as rows of which only the visible ones are drawn; near the end, older ones are asked for. */
export function EntryRows({ entries, selected, onSelect, onEnd, isReadingMore }: {
  entries: readonly EntryFiguresFragment[];
  selected: string;
  onSelect: (position: string) => void;
  onEnd: () => void;
  isReadingMore: boolean;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
    getItemKey: (index) => entries[index]?.position ?? index,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= entries.length - 20) onEnd();
    // oxlint-disable-next-line react/exhaustive-deps -- asked once for each new end, not for each new callback
  }, [last, entries.length]);
  // Whoever has scrolled down reads on where they were, however much arrives above.
  const newest = entries[0]?.position;
  const before = useRef(newest);
  useLayoutEffect(() => {
    const arrived = entries.findIndex((entry) => entry.position === before.current);
    before.current = newest;
    const element = scroller.current;
    if (arrived > 0 && element !== null && element.scrollTop > 0) element.scrollTop += arrived * ROW_PIXELS;
  }, [newest, entries]);
  return (
    <div className={classes.grid} role="table" aria-label="Audit entries" aria-rowcount={entries.length + 1}>
      <div className={classes.gridHead} role="row" aria-rowindex={1}>
        <span role="columnheader">Recorded</span>
        <span role="columnheader">What</span>
        <span role="columnheader">Subject</span>
        <span role="columnheader">Who</span>
        <span role="columnheader" className="figures">Position</span>
      </div>
      <div ref={scroller} className={classes.scroller} style={{ height: rows.getTotalSize() }} tabIndex={0}>
        <div style={{ height: rows.getTotalSize(), position: 'relative' }} role="rowgroup">
          {items.map((item) => {
            const entry = entries[item.index];
            if (entry === undefined) return null;
            return (
              <div
                key={item.key}
                role="row"
                aria-rowindex={item.index + 2}
                className={classes.gridRow}
                data-selected={entry.position === selected}
                style={{ transform: `translateY(${item.start}px)`, height: ROW_PIXELS }}
                onClick={() => onSelect(entry.position)}
              >
                <span role="cell" className="dim">{exactMoment(entry.recordedAt)}</span>
                <span role="cell"><button type="button" className={classes.plain} title={entry.action}>{actionWords(entry.action)}</button></span>
                <span role="cell" title={entry.subjectId}>{entry.subjectName ?? entry.subjectKind}</span>
                <span role="cell">{actorName(entry.actor)}</span>
                <span role="cell" className="figures dim">{count(Number(entry.position))}</span>
              </div>
            );
          })}
        </div>
      </div>
      {isReadingMore && <p className="dim small" role="status">Reading older entries…</p>}
    </div>
  );
}
