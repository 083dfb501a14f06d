import { Checkbox, Table, TextInput } from '@mantine/core';
import { MeaningMark, type Meaning } from '../../../components/Meaning';
import { Time } from '../../../components/Time';
import type { QuarantineFiguresFragment, QuarantineState } from '../../../gql/graphql';
import { plural } from '../../../lib/format';
import { cellsOf, KINDS, objectOf, STATES, type Edits, type RowShape } from './cells';
import classes from './quarantine.module.css';

const MEANINGS: Record<QuarantineState, Meaning> = { OPEN: 'bad', MARKED: 'watch', RESOLVED: 'good', DISCARDED: 'unknown' };
export const COLUMNS = 5;

/** A row that was not taken in as it was sent; below it, once it is opened, its cells. */
export function QuarantineRow({ row, shape, edits, isChosen, isOpen, mayAct, onChoose, onOpen, onEdit }: {
  row: QuarantineFiguresFragment;
  shape: RowShape;
  edits: Edits | undefined;
  isChosen: boolean;
  isOpen: boolean;
  mayAct: boolean;
  onChoose: (isChosen: boolean) => void;
  onOpen: () => void;
  onEdit: (column: string, text: string) => void;
}) {
  const [first] = row.reasons;
  const name = row.predictionId ?? `row ${row.row}`;
  const isOpenState = row.state === 'OPEN';
  return (
    <>
      <Table.Tr data-open={isOpen}>
        <Table.Td className={classes.check}>
          {mayAct && isOpenState && (
            <Checkbox size="xs" aria-label={`Choose ${name}`} checked={isChosen} onChange={(event) => onChoose(event.currentTarget.checked)} />
          )}
        </Table.Td>
        <Table.Td className={classes.name}>
          <button type="button" className={classes.plain} aria-expanded={isOpen} onClick={onOpen}>{name}</button>
          <div className="dim">{row.kind === 'LABELS' ? 'label' : 'prediction'}, row {row.row} of {row.key === null ? 'a batch without a key' : `batch “${row.key}”`}</div>
        </Table.Td>
        <Table.Td className={classes.reason}>
          {first && <><strong>{first.column ?? KINDS[first.kind]}</strong> {first.reason}</>}
          {row.reasons.length > 1 && <span className="dim">, and {plural(row.reasons.length - 1, 'other problem')}</span>}
        </Table.Td>
        <Table.Td><MeaningMark meaning={MEANINGS[row.state]} isQuiet>{STATES[row.state]}</MeaningMark></Table.Td>
        <Table.Td className={classes.when}><Time at={row.receivedAt} isExact /></Table.Td>
      </Table.Tr>
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={COLUMNS}>
            <Cells row={row} shape={shape} edits={edits} isEditable={mayAct && isOpenState} onEdit={onEdit} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  );
}

function Cells({ row, shape, edits, isEditable, onEdit }: {
  row: QuarantineFiguresFragment;
  shape: RowShape;
  edits: Edits | undefined;
  isEditable: boolean;
  onEdit: (column: string, text: string) => void;
}) {
  const whole = row.reasons.filter((each) => each.column === null);
  return (
    <div className={classes.cells}>
      {whole.map((each) => <p key={each.reason} className={classes.whole}>The row {each.reason}.</p>)}
      <Settled row={row} />
      {row.sent === null && row.state !== 'DISCARDED' && <p className="dim">What was sent is not kept: it was too long.</p>}
      {row.sent !== null && objectOf(row.sent) === null && (
        <>
          <pre className={classes.text}>{typeof row.sent === 'string' ? row.sent : JSON.stringify(row.sent)}</pre>
          <p className="dim">These cells can’t be told apart here. Download the rows, mend this one, and send it with the others.</p>
        </>
      )}
      <div className={classes.grid}>
        {cellsOf(row, shape).map((cell) => (
          <TextInput
            key={cell.column}
            size="xs"
            label={cell.column}
            placeholder="missing"
            description={cell.isForeign ? 'The version has no such column: empty it to take it out.' : undefined}
            error={cell.problem !== null && (edits?.[cell.column] ?? cell.text) === cell.text ? cell.problem : undefined}
            readOnly={!isEditable}
            value={edits?.[cell.column] ?? cell.text}
            onChange={(event) => onEdit(cell.column, event.currentTarget.value)}
          />
        ))}
      </div>
    </div>
  );
}

function Settled({ row }: { row: QuarantineFiguresFragment }) {
  if (row.state === 'MARKED') return <p className="dim">It was taken in; its wrong features are missing there.</p>;
  if (row.settledAt === null) return null;
  const what = row.state === 'DISCARDED' ? `Thrown away by ${row.discardedBy?.name ?? 'somebody'}` : `Taken in with batch “${row.resolvedBy ?? ''}”`;
  return <p className="dim">{what}, <Time at={row.settledAt} isExact />.</p>;
}
