/** Phones and e-mail addresses, and where he writes from. What he only typed is to be checked. */

import type { Card, Claim, Contact, ContactKind, Customer } from "../../core/desk/card.ts";
import { channelName, personName, type Desk } from "../desk.ts";
import "./CardContacts.css";

type CardContactsProps = { desk: Desk; card: Card; value: Customer; canChange: boolean };

export function CardContacts({ desk, card, value, canChange }: CardContactsProps) {
  const words = desk.words.card;
  const { phones, emails, identities } = value;
  const hasNone = phones.length === 0 && emails.length === 0;
  return (
    <section class="CustomerCard-section">
      {hasNone && <p class="CustomerCard-quiet CardContacts-none">{words.noContacts}</p>}
      {([["phone", words.phones, phones], ["email", words.emails, emails]] as const).map(
        ([kind, title, contacts]) => (
          <Contacts
            key={kind}
            desk={desk}
            kind={kind}
            title={title}
            contacts={contacts}
            claims={value.claims}
            decides={canChange ? (card.isBusy ? "later" : "now") : "never"}
          />
        ),
      )}
      <h3 class="CustomerCard-title">{words.identities}</h3>
      <ul>
        {identities.map(({ channel, external, name }) => (
          <li key={`${channel} ${external}`} class="CardContacts-identity" data-testid="card-identity">
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
  kind: ContactKind;
  title: string;
  contacts: readonly Contact[];
  claims: Claim | null;
  /** Whether one may say what is his. */
  decides: "now" | "later" | "never";
};

function Contacts({ title, contacts, ...props }: ContactsProps) {
  if (contacts.length === 0) return null;
  return (
    <>
      <h3 class="CustomerCard-title">{title}</h3>
      <ul class="CardContacts-list">
        {contacts.map((contact) => (
          <ContactItem key={contact.value} {...props} contact={contact} />
        ))}
      </ul>
    </>
  );
}

type ContactItemProps = Omit<ContactsProps, "title" | "contacts"> & { contact: Contact };

function ContactItem({ desk, kind, contact, claims, decides }: ContactItemProps) {
  const { actions } = desk;
  const words = desk.words.card;
  const { value, standing } = contact;
  const scheme = kind === "phone" ? "tel" : "mailto";
  const claim = claims?.kind === kind && claims.value === value ? claims : null;
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
      {claim && (
        <p class="CardContacts-claim" data-testid="card-claim">
          {words.claims(claim.name, claim.responsible && personName(desk, claim.responsible))}
        </p>
      )}
      {standing === "claimed" && decides !== "never" && (
        <span class="CardContacts-decide">
          {(["confirm", "reject"] as const).map((verdict) => (
            <button
              key={verdict}
              type="button"
              class="Button Button--small"
              disabled={decides === "later"}
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
