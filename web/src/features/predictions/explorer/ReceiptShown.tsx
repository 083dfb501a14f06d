import { Fact, Facts } from '../../../components/Fact';
import { count } from '../../../lib/format';
import { Rejections } from './Rejections';
import type { RowKind } from './roles';
import type { Receipt } from './sending';

/** What became of a file, durable by now. */
export function ReceiptShown({ receipt, kind, cellOf }: {
  receipt: Receipt;
  kind: RowKind;
  cellOf?: (row: number, column: string) => string | undefined;
}) {
  return (
    <>
      <Facts>
        <Fact name="Taken in">{count(receipt.accepted)}</Fact>
        {(receipt.marked ?? 0) > 0 && <Fact name="Of these, marked">{count(receipt.marked)}</Fact>}
        <Fact name="There already, the same">{count(receipt.duplicates)}</Fact>
        {kind === 'labels' && <Fact name="Of these, corrections">{count(receipt.corrected)}</Fact>}
        {kind === 'labels' && <Fact name="Waiting for their prediction">{count(receipt.waiting)}</Fact>}
        <Fact name="Rejected">{count(receipt.rejectedCount)}</Fact>
      </Facts>
      {receipt.rejectedCount > 0 && (
        <>
          <p>
            {receipt.batchRejected
              ? "Nothing of the file was taken in: the model's policy rejects a whole file for one row that doesn't fit. Mend it and send it once more."
              : 'Mend the rejected rows and send the file once more: those that are in stay as they are.'}
          </p>
          <Rejections rejected={receipt.rejected} total={receipt.rejectedCount} cellOf={cellOf} />
        </>
      )}
    </>
  );
}
