import { Alert, Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { Card } from '../../components/Card';
import { paths } from '../../components/paths';
import { Refused } from '../../components/Refused';
import { Time } from '../../components/Time';
import { useCommand } from '../../components/useCommand';
import { graphql, readFragment, type FragmentType } from '../../gql';
import type { InvitationOfCardFragment } from '../../gql/graphql';
import { signOut } from '../../lib/signOut';
import { AcceptInvitation, DeclineInvitation } from './invitationCommands';
import { ROLES } from './roles';
import { OF_TENANCY } from './tenant';

const InvitationOfCard = graphql(`
  fragment InvitationOfCard on Invitation {
    id
    organizationName
    role
    state
    email
    expiresAt
    answeredAt
    invitedBy {
      name
    }
  }
`);

/** One invitation, as it stands, to who followed its link. */
export function InvitationCard({ invitation, viewerEmail, link }: {
  invitation: FragmentType<typeof InvitationOfCard>;
  viewerEmail: string | null;
  link: string;
}) {
  const [answer, setAnswer] = useState<'accepted' | 'declined' | null>(null);
  const about = readFragment(InvitationOfCard, invitation);
  const isForViewer = sameAddress(about.email, viewerEmail);
  if (answer === 'accepted') return <Joined invitation={about} />;
  if (answer === 'declined') {
    return (
      <Card title={`You declined to join ${about.organizationName}`}>
        <p>Those who manage its members see that you did. To join later you need another invitation.</p>
        <Link to={paths.models}>To the models</Link>
      </Card>
    );
  }
  if (about.state === 'ACCEPTED' && isForViewer) return <Joined invitation={about} />;
  if (about.state !== 'OPEN') return <Over invitation={about} />;
  if (!isForViewer) return <ForAnother invitation={about} viewerEmail={viewerEmail} />;
  return <Open invitation={about} link={link} onAnswer={setAnswer} />;
}

function Open({ invitation, link, onAnswer }: {
  invitation: InvitationOfCardFragment;
  link: string;
  onAnswer: (answer: 'accepted' | 'declined') => void;
}) {
  const accept = useCommand(AcceptInvitation, () => onAnswer('accepted'), OF_TENANCY);
  const decline = useCommand(DeclineInvitation, () => onAnswer('declined'), OF_TENANCY);
  const { organizationName, role, email, invitedBy, expiresAt } = invitation;
  return (
    <Card title={`Join ${organizationName}`} onSubmit={() => void accept.send({ input: { link } })}>
      <p>{invitedBy.name ?? 'Somebody there'} asks {email} to join as {ROLES[role].one}: {ROLES[role].may}.</p>
      <p className="dim small">Good until <Time at={expiresAt} />.</p>
      <Refused failure={accept.failure ?? decline.failure} />
      <Button type="submit" loading={accept.isBusy} disabled={decline.isBusy} fullWidth>Join</Button>
      <Button variant="default" loading={decline.isBusy} disabled={accept.isBusy} fullWidth onClick={() => void decline.send({ input: { link } })}>Decline</Button>
    </Card>
  );
}

function Joined({ invitation: { organizationName, role } }: { invitation: InvitationOfCardFragment }) {
  return (
    <Card title={`You belong to ${organizationName}`}>
      <p>You joined as {ROLES[role].one}.</p>
      <Button component={Link} to={paths.models} fullWidth>See its models</Button>
      <Link to={paths.settings}>Your organizations and projects</Link>
    </Card>
  );
}

function ForAnother({ invitation, viewerEmail }: { invitation: InvitationOfCardFragment; viewerEmail: string | null }) {
  return (
    <Card title={`An invitation to ${invitation.organizationName}`}>
      <Alert color="gray" variant="light" role="status">
        It was sent to {invitation.email ?? 'an address that is gone'}, and you are signed in {viewerEmail === null ? 'with another one' : `as ${viewerEmail}`}.
      </Alert>
      <p>Only who signs in with the invited address can answer it. Or ask for an invitation of your own address.</p>
      <Button fullWidth onClick={signOut}>Sign out, and in with that address</Button>
      <Link to={paths.models}>Stay signed in as you are</Link>
    </Card>
  );
}

function Over({ invitation: { organizationName, state, expiresAt, answeredAt, invitedBy } }: { invitation: InvitationOfCardFragment }) {
  const what = {
    ACCEPTED: 'was accepted',
    DECLINED: 'was declined',
    WITHDRAWN: 'was withdrawn',
    EXPIRED: 'expired',
    OPEN: 'is open',
  }[state];
  return (
    <Card title={`This invitation ${what}`}>
      <p>
        It was to {organizationName}, and {what} <Time at={state === 'EXPIRED' ? expiresAt : answeredAt} />. It can’t be used
        {state === 'ACCEPTED' && ' again'}: ask {invitedBy.name ?? 'whoever sent it'} for another one.
      </p>
      <Link to={paths.models}>To the models</Link>
    </Card>
  );
}

function sameAddress(left: string | null | undefined, right: string | null): boolean {
  return !!left && !!right && left.trim().toLowerCase() === right.trim().toLowerCase();
}
