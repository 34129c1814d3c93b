// The provider's books: every payment, what became of its money, and what was answered to each requestId.
// Amounts are whole cents. Nothing here knows of HTTP.
import { randomUUID } from "node:crypto";

const APPROVED = "approved", DENIED = "denied", UNDEFINED = "undefined", CANCELLED = "cancelled";

/** A refusal: no money moved, and `code` says why. */
class Refused extends Error {
  constructor(code, lasting = true) {
    super(code.replaceAll("-", " "));
    Object.assign(this, { code, lasting });
  }
}

export class Ledger {
  #payments = new Map();
  #answers = new Map();

  /** The payment of that id, made by the first call; a repeat finds it as it is now. */
  create(id, value, currency, status) {
    const known = this.#payments.get(id);
    if (known && (known.value ?? value) !== value) throw new Refused("payment-id-conflict");
    return known ?? this.#open(id, { value, currency, status });
  }

  /** What the acquirer said of a payment that was still undefined. */
  decide(id, status) {
    const payment = this.#payments.get(id);
    if (payment.status === UNDEFINED) payment.status = status;
    return payment;
  }

  settle({ requestId, paymentId, value }) {
    return this.#once("settle", requestId, paymentId, value, () => {
      const payment = this.#approved(paymentId);
      above(value, open(payment), "settle-above-open");
      const settle = { id: randomUUID(), value, refunded: 0 };
      payment.settles.push(settle);
      return { id: settle.id, value };
    });
  }

  cancel({ requestId, paymentId, value }) {
    return this.#once("cancel", requestId, paymentId, value, () => {
      const payment = this.#payments.get(paymentId) ?? this.#open(paymentId, { status: CANCELLED });
      if (payment.status === APPROVED) {
        if (!open(payment) && captured(payment)) throw new Refused("payment-already-settled");
        above(value ?? open(payment), open(payment), "cancel-above-open");
        payment.voided += value ?? open(payment);
      } else if (value !== undefined && value <= 0) {
        throw new Refused("value-not-positive");
      }
      // Nothing is held any more, so nothing may ever be charged again: a late approval changes nothing.
      if (!captured(payment) && !(payment.status === APPROVED && open(payment))) payment.status = CANCELLED;
      return { id: randomUUID(), value };
    });
  }

  refund({ requestId, paymentId, value, settleId }) {
    return this.#once("refund", requestId, paymentId, value, () => {
      const payment = this.#payments.get(paymentId);
      if (!payment) throw new Refused("unknown-payment", false);
      const settles = settleId ? payment.settles.filter((settle) => settle.id === settleId) : payment.settles;
      above(value, settles.reduce((sum, settle) => sum + settle.value - settle.refunded, 0), "refund-above-captured");
      takeFrom(settles, value);
      return { id: randomUUID(), value };
    });
  }

  #open(id, { value, currency, status }) {
    const payment = { id, value, currency, status, tid: randomUUID(), settles: [], voided: 0 };
    this.#payments.set(id, payment);
    return payment;
  }

  #approved(id) {
    const payment = this.#payments.get(id);
    if (!payment) throw new Refused("unknown-payment", false);
    if (payment.status === UNDEFINED) throw new Refused("payment-not-approved", false);
    if (payment.status !== APPROVED) throw new Refused(`payment-${payment.status}`);
    return payment;
  }

  /** The first answer to a requestId is the answer to each repeat; the same id for something else moves nothing. */
  #once(operation, requestId, paymentId, value, move) {
    const asked = JSON.stringify([operation, paymentId, value]);
    const known = this.#answers.get(requestId);
    if (known && known.asked !== asked) return { id: null, value: 0, code: "request-id-conflict" };
    if (known) return known.answer;
    try {
      const answer = { ...move(), code: null };
      this.#answers.set(requestId, { asked, answer });
      return answer;
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      const answer = { id: null, value: 0, code: refused.code };
      if (refused.lasting) this.#answers.set(requestId, { asked, answer });
      return answer;
    }
  }
}

const captured = (payment) => payment.settles.reduce((sum, settle) => sum + settle.value, 0);
const open = (payment) => payment.value - captured(payment) - payment.voided;

function above(value, limit, code) {
  if (!(value > 0)) throw new Refused("value-not-positive");
  if (value > limit) throw new Refused(code);
}

/** Oldest first: a refund without a settleId may be larger than any one settle. */
function takeFrom(settles, value) {
  for (const settle of settles) {
    const part = Math.min(value, settle.value - settle.refunded);
    settle.refunded += part;
    value -= part;
  }
}
