/// The meaning of the simulated feeds, for use where compose/examples/simulated is not at hand.
extension ExampleSource {
  /// The text of compose/examples/simulated/<feed>.yaml.
  static func simulated(_ feed: Feed) -> String {
    switch feed {
    case .cdr: cdr
    case .billing: billing
    case .crm: crm
    case .app: app
    case .network: network
    case .dwh: dwh
    }
  }

  private static let cdr = """
    # Calls, messages and data sessions of a simulated operator (laurel simulate): CSV, one record per line.
    #
    #   record_id,customer,kind,other,amount,start,cell,roaming,cancels
    #   20260916-1053-6,C-1053,MOC,491568477470,180,20260916001208,cell-05,0,
    #
    # Everything on the left belongs to Laurel, everything on the right to the file.

    name: sim-cdr               # the source's name; with a record's id it identifies every event, so keep it
    type: cdr
    format: {kind: csv, delimiter: ",", header: true}

    # Where the files are; each is read once.
    connection_config: {kind: file, directory: feeds/cdr, glob: "*.csv"}

    # A missed call is no behaviour. Skipped records are counted as skipped, never as rejected.
    skip: {"==": [{"var": "kind"}, "MISSED"]}

    events:
      # A record that takes another one back.
      - when: {"==": [{"var": "kind"}, "VOID"]}
        customer_id: customer
        event_type: {const: REVERSAL}
        source_event_id: record_id
        reverses_id: cancels

      # Data sessions are measured in bytes, Laurel counts in MB (10^6 bytes).
      - when: {"==": [{"var": "kind"}, "GPRS"]}
        customer_id: customer
        event_type: {const: DATA_USAGE}
        value: {path: amount, scale: 0.000001}
        unit: {const: MB}
        # Switches write UTC, which is the zone where a mapping names none.
        timestamp: {path: start, format: "%Y%m%d%H%M%S"}
        source_event_id: record_id
        metadata:
          cell: cell
          roaming: {path: roaming, map: {"1": true, "0": false}}

      # Everything else. A word that is not in the map rejects the record as unknown_event_type.
      - when: {"!": {"in": [{"var": "kind"}, ["VOID", "GPRS"]]}}
        customer_id: customer
        event_type:
          path: kind
          map: {MOC: CALL_OUTGOING, MTC: CALL_INCOMING, SMO: SMS_SENT, SMT: SMS_RECEIVED, USSD: USSD_SESSION}
        value: amount           # calls in seconds, messages one by one
        timestamp: {path: start, format: "%Y%m%d%H%M%S"}
        source_event_id: record_id
        metadata:
          destination: other
          cell: cell
          roaming: {path: roaming, map: {"1": true, "0": false}}

    """

  private static let billing = """
    # Money in a simulated operator's billing system (laurel simulate): one JSON object per line.
    #
    #   {"id":"20260916-1121-1","account":"C-1121","kind":"bundle","amount":7.99,"currency":"EUR",
    #    "time":"2026-09-16T11:39:39Z","channel":"App","product":"data-2gb"}
    #
    # A bill's payment is BILL_PAID here and not PAYMENT as well: one payment must count once.

    name: sim-billing
    type: billing
    format: {kind: json_lines}
    connection_config: {kind: file, directory: feeds/billing, glob: "*.jsonl"}

    events:
      # A refund takes the payment back that it names.
      - when: {"==": [{"var": "kind"}, "refund"]}
        customer_id: account
        event_type: {const: REVERSAL}
        source_event_id: id
        reverses_id: cancels

      - when: {"!=": [{"var": "kind"}, "refund"]}
        customer_id: account
        event_type:
          path: kind
          map:
            recharge: RECHARGE
            top_up: TOP_UP
            bundle: BUNDLE_PURCHASE
            bill: BILL_ISSUED
            bill_paid: BILL_PAID
            payment: PAYMENT
            auto_renew_on: AUTO_RENEW_ENABLED
            auto_renew_off: AUTO_RENEW_DISABLED
        value: amount
        unit: currency
        timestamp: {path: time, format: rfc3339}
        source_event_id: id
        metadata:
          channel: channel
          product: product
          bill_id: bill
          due_date: due

    """

  private static let crm = """
    # A simulated operator's customer relations (laurel simulate): one JSON object per line.
    #
    #   {"id":"20260916-1158-2","customer":{"id":"C-1158"},"event":"plan_change","at":"2026-09-16T06:23:38Z",
    #    "data":{"value":59,"plan":"premium-2026","tier":"premium","direction":"upgrade"}}

    name: sim-crm
    type: crm
    format: {kind: json_lines}
    connection_config: {kind: file, directory: feeds/crm, glob: "*.jsonl"}

    events:
      - customer_id: customer.id      # a dot leads into an object
        event_type:
          path: event
          map:
            activation: ACTIVATION
            status_change: STATUS_CHANGE
            profile_update: PROFILE_UPDATE
            plan_change: PLAN_CHANGE
            referral: REFERRAL
            survey: CUSTOM
        value: data.value             # a profile's completeness in percent, a plan's price, a survey's answer
        timestamp: {path: at, format: rfc3339}
        source_event_id: id
        metadata:
          msisdn: data.msisdn
          status: data.status
          plan: data.plan
          tier: data.tier
          direction: data.direction
          language: data.language
          time_zone: data.time_zone
          channel: data.channel
          name: data.name

    """

  private static let app = """
    # What customers of a simulated operator do in the app and on the web (laurel simulate): one JSON object
    # per line.
    #
    #   {"eid":"20260916-1174-3","user":"C-1174","action":"feature_use","ts":1789519230000,
    #    "props":{"feature":"bills"}}

    name: sim-app
    type: app
    format: {kind: json_lines}
    connection_config: {kind: file, directory: feeds/app, glob: "*.jsonl"}

    events:
      - customer_id: user
        event_type:
          path: action
          map:
            install: APP_INSTALL
            login: APP_LOGIN
            feature_use: APP_FEATURE_USE
            content_view: CONTENT_VIEW
            share: CONTENT_SHARE
            self_care: SELF_CARE_ACTION
            web_login: WEB_LOGIN
        timestamp: {path: ts, format: epoch_ms}
        source_event_id: eid
        metadata:
          feature: props.feature
          content: props.content
          action: props.task

    """

  private static let network = """
    # Disturbed service as a simulated operator's network sees it (laurel simulate): CSV with semicolons.
    #
    #   issue;subscriber;cell;kind;severity;at
    #   20260916-1006-1;C-1006;cell-10;slow_data;49;1789557058

    name: sim-network
    type: network
    format: {kind: csv, delimiter: ";", header: true}
    connection_config: {kind: file, directory: feeds/network, glob: "*.csv"}

    events:
      - customer_id: subscriber
        event_type:
          path: kind
          map: {no_service: QOE_ISSUE, dropped_calls: QOE_ISSUE, slow_data: QOE_ISSUE, attach: NETWORK_EVENT}
        value: {path: severity, scale: 0.01}    # percent there, 0 to 1 here
        timestamp: {path: at, format: epoch_s}
        source_event_id: issue
        metadata:
          kind: kind
          cell: cell

    """

  private static let dwh = """
    # What a simulated operator's warehouse computes about its customers (laurel simulate): one JSON object
    # per line.
    #
    #   {"row":"20260916-1009-1","customer_id":"C-1009","loaded_at":"2026-09-16T03:00:00Z",
    #    "churn_score":0.454,"clv":102}
    #
    # A customer's first row may have what was before: tenure_days, revenue_to_date, transactions_to_date.

    name: sim-dwh
    type: dwh
    format: {kind: json_lines}
    connection_config: {kind: file, directory: feeds/dwh, glob: "*.jsonl"}

    events:
      - customer_id: customer_id
        event_type: {const: FEATURE_UPDATE}
        timestamp: {path: loaded_at, format: rfc3339}
        source_event_id: row
        metadata:
          features.churn_probability: churn_score
          features.lifetime_value: clv
          features.customer_age_days: tenure_days
          features.total_revenue: revenue_to_date
          features.transaction_count: transactions_to_date

    """
}
