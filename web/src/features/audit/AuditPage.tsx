import { useTitle } from '../../components/useTitle';
import { AuditTrail } from './AuditTrail';
import { ModelTimeline } from './ModelTimeline';

/** Who changed what, when and why; of everything. */
export function AuditPage() {
  useTitle('Audit');
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <h1>Audit trail</h1>
      <AuditTrail subjectId={null} />
    </div>
  );
}

/** What happened to one model, and the facts of its registration. */
export function ModelTimelineTab({ modelId, mayAudit }: { modelId: string; mayAudit: boolean }) {
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <ModelTimeline modelId={modelId} mayAudit={mayAudit} />
      {mayAudit && <AuditTrail subjectId={modelId} />}
    </div>
  );
}
