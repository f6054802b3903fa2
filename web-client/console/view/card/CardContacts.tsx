/** Phones and e-mail addresses, and where he writes from. What he only typed is to be checked. */

import type { Card, Contact, ContactKind, Customer } from "../../core/desk/card.ts";
import { channelName, type Desk } from "../desk.ts";
import "./CardContacts.css";

type CardContactsProps = { desk: Desk; card: Card; value: Customer };

export function CardContacts({ desk, card, value }: CardContactsProps) {
  const words = desk.words.card;
  const { phones, emails, identities } = value;
  const hasNone = phones.length === 0 && emails.length === 0;
  return (
    <section class="CustomerCard-section">
      {hasNone && <p class="CustomerCard-quiet CardContacts-none">{words.noContacts}</p>}
      <Contacts desk={desk} card={card} kind="phone" title={words.phones} contacts={phones} />
      <Contacts desk={desk} card={card} kind="email" title={words.emails} contacts={emails} />
      <h3 class="CustomerCard-title">{words.identities}</h3>
      <ul>
        {identities.map(({ channel, name }) => (
          <li key={`${channel} ${name}`} class="CardContacts-identity" data-testid="card-identity">
            <span>{name}</span>
            <span class="CustomerCard-quiet">{channelName(desk, channel)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

type ContactsProps = {
  desk: Desk;
  card: Card;
  kind: ContactKind;
  title: string;
  contacts: readonly Contact[];
};

function Contacts({ desk, card, kind, title, contacts }: ContactsProps) {
  if (contacts.length === 0) return null;
  return (
    <>
      <h3 class="CustomerCard-title">{title}</h3>
      <ul class="CardContacts-list">
        {contacts.map((contact) => (
          <ContactItem key={contact.value} desk={desk} card={card} kind={kind} contact={contact} />
        ))}
      </ul>
    </>
  );
}

type ContactItemProps = { desk: Desk; card: Card; kind: ContactKind; contact: Contact };

function ContactItem({ desk, card, kind, contact }: ContactItemProps) {
  const { actions } = desk;
  const words = desk.words.card;
  const { value, standing } = contact;
  const scheme = kind === "phone" ? "tel" : "mailto";
  return (
    <li class="CardContacts-item" data-testid="card-contact" data-standing={standing}>
      <span class={`CardContacts-value CardContacts-value--${standing}`}>
        {standing === "rejected" ? value : <a href={`${scheme}:${value}`}>{value}</a>}
      </span>
      <span
        class={`CardContacts-standing CardContacts-standing--${standing}`}
        title={standing === "claimed" ? words.claimedHint : undefined}
      >
        {words[standing]}
      </span>
      {standing === "claimed" && (
        <span class="CardContacts-decide">
          {(["confirm", "reject"] as const).map((verdict) => (
            <button
              key={verdict}
              type="button"
              class="Button Button--small"
              disabled={card.isBusy}
              title={words[`${verdict}Hint`](value)}
              data-testid={`contact-${verdict}`}
              onClick={() => actions.card.decide(verdict, kind, value)}
            >
              {words[verdict]}
            </button>
          ))}
        </span>
      )}
    </li>
  );
}
