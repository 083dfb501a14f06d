import { Alert, Button, Group, Table } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useMutation } from 'urql';
import { problemOf } from '../../../components/outcome';
import { Panel } from '../../../components/Panel';
import { ReasonDialog } from '../../../components/ReasonDialog';
import { Empty, Failing, LoadingRows } from '../../../components/states';
import { useDialogCommand } from '../../../components/useDialogCommand';
import { useKeptQuery } from '../../../components/useKeptQuery';
import { readFragment } from '../../../gql';
import { plural } from '../../../lib/format';
import { mended, objectOf, sentenceOf, type Edits, type RowShape } from './cells';
import { download, type FileForm } from './download';
import { DiscardQuarantined, QuarantineFigures, QuarantinePage, ResubmitQuarantined } from './fragments';
import { QuarantineFilters, useQuarantineFilter } from './QuarantineFilters';
import { COLUMNS, QuarantineRow } from './QuarantineRow';
import classes from './quarantine.module.css';

const PAGE = 50;
const MOST = 200;

interface Outcome {
  text: string;
  isBad: boolean;
}

/** The rows that are looked for, those that are chosen, and what is to be done with these. */
export function QuarantineList({ versionId, shape, mayResubmit, mayDiscard, chooser }: {
  versionId: string;
  shape: RowShape;
  mayResubmit: boolean;
  mayDiscard: boolean;
  chooser: ReactNode;
}) {
  const { filter, isNarrowed } = useQuarantineFilter();
  const [first, setFirst] = useState(PAGE);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<string | null>(null);
  const [edits, setEdits] = useState<Readonly<Record<string, Edits>>>({});
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [isDiscarding, setDiscarding] = useState(false);
  const [{ fetching: isSending }, resubmit] = useMutation(ResubmitQuarantined);
  const [result, readAgain] = useKeptQuery({ query: QuarantinePage, variables: { id: versionId, first, after: null, filter } });
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const page = result.data?.version?.quarantine;
  const rows = page && readFragment(QuarantineFigures, page.nodes);
  const open = rows?.filter((row) => row.state === 'OPEN') ?? [];
  const picked = open.filter((row) => chosen.has(row.number));
  // What is no row, or is not kept, can only be thrown away here.
  const sendable = picked.filter((row) => objectOf(row.sent) !== null);
  const mayAct = mayResubmit || mayDiscard;

  const choose = (number: string, isChosen: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      if (isChosen) next.add(number);
      else next.delete(number);
      return next;
    });
  const edit = (number: string, column: string, text: string) => {
    setEdits((before) => ({ ...before, [number]: { ...before[number], [column]: text } }));
    choose(number, true);
  };
  const done = (said: Outcome) => {
    setOutcome(said);
    setChosen(new Set());
    setEdits({});
    read();
  };
  const send = async () => {
    const { data, error } = await resubmit({
      input: { versionId, rows: sendable.map((row) => ({ number: row.number, cells: mended(row, edits[row.number], shape) })) },
    });
    const answer = data?.resubmitQuarantined;
    const problem = problemOf(error, answer);
    if (problem !== null || answer?.__typename !== 'IngestReceipt') {
      setOutcome({ text: problem ?? 'The server gave no answer.', isBad: true });
      return;
    }
    const went = answer.accepted + answer.duplicates;
    const stays = answer.rejectedCount === 0 ? '' : ` ${plural(answer.rejectedCount, 'row')} stayed, with what is wrong now.`;
    done({ text: `${plural(went, 'row')} went in.${stays}`, isBad: answer.rejectedCount > 0 });
  };
  const keepFile = async (form: FileForm) => {
    const problem = await download(versionId, form);
    if (problem !== null) setOutcome({ text: problem, isBad: true });
  };

  return (
    <Panel
      title={page ? sentenceOf(page.totalCount ?? 0, isNarrowed) : 'Quarantine'}
      note="As they were sent, newest first; of a version the newest 50,000 rows are kept. Open one to mend it."
      isFlush
      actions={<Group gap={8} align="flex-end">{chooser}<QuarantineFilters columns={shape.columns.map(({ name }) => name)} /></Group>}
    >
      <div className={classes.bar}>
        {mayResubmit && <Button size="xs" disabled={sendable.length === 0} loading={isSending} onClick={() => void send()}>{sendable.length === 0 ? 'Send again' : `Send ${plural(sendable.length, 'row')} again`}</Button>}
        {mayDiscard && <Button size="xs" variant="default" disabled={picked.length === 0} onClick={() => setDiscarding(true)}>Throw away…</Button>}
        {mayAct && open.length > 0 && (
          <Button size="xs" variant="subtle" onClick={() => setChosen(picked.length === open.length ? new Set() : new Set(open.map((row) => row.number)))}>
            {picked.length === open.length ? 'Choose none' : `Choose these ${open.length}`}
          </Button>
        )}
        <span className={classes.files}>
          <Button size="xs" variant="default" onClick={() => void keepFile('csv')}>Download CSV</Button>
          <Button size="xs" variant="default" onClick={() => void keepFile('ndjson')}>NDJSON</Button>
        </span>
      </div>
      {outcome && <div className={classes.inset}><Alert color={outcome.isBad ? 'red' : 'teal'} variant="light" role="status" withCloseButton onClose={() => setOutcome(null)}>{outcome.text}</Alert></div>}
      {result.error && <Failing what="The rejected rows" error={result.error} onRetry={read} />}
      {rows === undefined && !result.error && <div className={classes.inset}><LoadingRows rows={8} height={28} /></div>}
      {rows?.length === 0 && (
        <div className={classes.inset}>
          <Empty title={isNarrowed ? 'Nothing fits' : 'All rows that came in fit'}>
            {isNarrowed ? 'Loosen the filters.' : 'A row that does not fit the version’s columns is kept here, with all that is wrong with it, until somebody mends it or throws it away.'}
          </Empty>
        </div>
      )}
      {rows !== undefined && rows.length > 0 && (
        <Table verticalSpacing={6} className={classes.rows}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th><span className="visually-hidden">Chosen</span></Table.Th>
              <Table.Th>Row</Table.Th>
              <Table.Th>What is wrong</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Received</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <QuarantineRow
                key={row.number}
                row={row}
                shape={shape}
                edits={edits[row.number]}
                isChosen={chosen.has(row.number)}
                isOpen={opened === row.number}
                mayAct={mayAct}
                onChoose={(isChosen) => choose(row.number, isChosen)}
                onOpen={() => setOpened(opened === row.number ? null : row.number)}
                onEdit={(column, text) => edit(row.number, column, text)}
              />
            ))}
            {page?.pageInfo.hasNextPage && (
              <Table.Tr>
                <Table.Td colSpan={COLUMNS}>
                  {first < MOST
                    ? <Button size="compact-sm" variant="default" loading={result.fetching} onClick={() => setFirst(MOST)}>Show up to {MOST}</Button>
                    : <span className="dim">These are the newest {MOST}. Narrow them down, or download all.</span>}
                </Table.Td>
              </Table.Tr>
            )}
          </Table.Tbody>
        </Table>
      )}
      {isDiscarding && (
        <DiscardDialog
          versionId={versionId}
          numbers={picked.map((row) => row.number)}
          onClose={() => setDiscarding(false)}
          onDone={() => done({ text: `${plural(picked.length, 'row')} thrown away.`, isBad: false })}
        />
      )}
    </Panel>
  );
}

function DiscardDialog({ versionId, numbers, onClose, onDone }: { versionId: string; numbers: readonly string[]; onClose: () => void; onDone: () => void }) {
  const command = useDialogCommand(DiscardQuarantined, { onClose, onDone });
  return (
    <ReasonDialog
      title={`Throw ${plural(numbers.length, 'row')} away`}
      onClose={onClose}
      happens={['delete what was sent, for good', 'leave that they were rejected, and why, in the list', 'be recorded with your name and the reason']}
      reasonLabel="Why are they not needed?"
      action="Throw away"
      isDanger
      command={command}
      onReason={(reason) => command.send({ input: { versionId, numbers: [...numbers], reason } })}
    />
  );
}
