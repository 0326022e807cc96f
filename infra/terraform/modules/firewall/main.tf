# In front of the load balancer. Limits here are for floods; the fair share of a person is the Gateway's. Rules are tried in the
# order of their priority.

locals {
  managed = {
    AWSManagedRulesAmazonIpReputationList = 10
    AWSManagedRulesKnownBadInputsRuleSet  = 20
    AWSManagedRulesCommonRuleSet          = 30
    AWSManagedRulesSQLiRuleSet            = 40
  }

  # Rules of a group that only count. Those on bodies leave a label, and block below, but for where such bodies are legitimate.
  counted = {
    # A payment provider's webhook need not say what sends it.
    AWSManagedRulesCommonRuleSet = ["NoUserAgent_HEADER", "SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY"]
    AWSManagedRulesSQLiRuleSet   = ["SQLi_BODY", "SQLiExtendedPatterns_BODY"]
  }

  id = "[0-9a-fA-F-]{36}"

  # Descriptions and what is said to a bank: up to 20,000 characters about anything, lessons in SQL and HTML among them. A rule
  # cannot exclude one field. A picture is bytes, which a rule may take for anything.
  prose_api   = "(organizers|events|products)(/${local.id})?|events/${local.id}/picture|orders/${local.id}/disputes/${local.id}/evidence"
  prose_pages = "perfil|pedidos/${local.id}|eventos/(novo|${local.id}/(editar|imagem))"
  prose       = "^/(api/v1/(${local.prose_api})|organizar/${local.id}/(${local.prose_pages}))$"

  # Also thousands of seats, a hundred names, what a door admitted without a network. The services limit seat maps to 2 MiB,
  # pictures to 1 MiB, all else to 256 KiB. Of a body, AWS reads 8 KiB behind a load balancer.
  long_api   = "venues/${local.id}/seat-maps|seat-maps/${local.id}|orders|check-ins/batch"
  long_pages = "organizar/${local.id}/locais/${local.id}/mapas/(novo|${local.id})|reservas/${local.id}|portaria/${local.id}/lote"
  long       = "^/(api/v1/(${local.prose_api}|${local.long_api})|organizar/${local.id}/(${local.prose_pages})|${local.long_pages})$"

  bodies = {
    SizeRestrictions_Body     = { priority = 50, group = "core-rule-set", except = local.long, status = 413 }
    CrossSiteScripting_Body   = { priority = 51, group = "core-rule-set", except = local.prose, status = 403 }
    GenericLFI_Body           = { priority = 52, group = "core-rule-set", except = local.prose, status = 403 }
    SQLi_Body                 = { priority = 53, group = "sql-database", except = local.prose, status = 403 }
    SQLiExtendedPatterns_Body = { priority = 54, group = "sql-database", except = local.prose, status = 403 }
  }

  # As the services answer. AWS allows application/json here, not application/problem+json.
  answers = {
    403 = { type = "/docs/errors#refused", title = "Forbidden", status = 403, detail = "The firewall takes this request for an attack." }
    413 = { type = "/docs/errors#too-large", title = "Payload Too Large", status = 413, detail = "The request body is too large." }
    429 = { type = "/docs/errors#rate-limited", title = "Too Many Requests", status = 429, detail = "Too many requests from this address." }
  }
}

resource "aws_wafv2_web_acl" "this" {
  name        = var.name
  description = "Ticketing, public origin"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  dynamic "custom_response_body" {
    for_each = local.answers

    content {
      key          = "status-${custom_response_body.key}"
      content      = jsonencode(custom_response_body.value)
      content_type = "APPLICATION_JSON"
    }
  }

  # An on-sale brings whole offices and carriers behind one address: no less than all replicas of the Gateway allow one.
  rule {
    name     = "flood"
    priority = 1

    action {
      block {
        custom_response {
          response_code            = 429
          custom_response_body_key = "status-429"

          response_header {
            name  = "Retry-After"
            value = "60"
          }
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.requests_per_minute
        evaluation_window_sec = 60
        aggregate_key_type    = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "flood"
      sampled_requests_enabled   = true
    }
  }

  # Guessing passwords, and registering in bulk.
  rule {
    name     = "logins"
    priority = 2

    action {
      block {
        custom_response {
          response_code            = 429
          custom_response_body_key = "status-429"

          response_header {
            name  = "Retry-After"
            value = "300"
          }
        }
      }
    }

    statement {
      rate_based_statement {
        limit                 = var.logins_per_five_minutes
        evaluation_window_sec = 300
        aggregate_key_type    = "IP"

        scope_down_statement {
          and_statement {
            statement {
              regex_match_statement {
                regex_string = "^/(connect/token|account/(login|passkey|second|forgot|reset)|cadastro|api/v1/users(/password-reset)?)/?$"

                field_to_match {
                  uri_path {}
                }

                text_transformation {
                  priority = 0
                  type     = "LOWERCASE"
                }
              }
            }

            statement {
              byte_match_statement {
                search_string         = "POST"
                positional_constraint = "EXACTLY"

                field_to_match {
                  method {}
                }

                text_transformation {
                  priority = 0
                  type     = "NONE"
                }
              }
            }
          }
        }
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "logins"
      sampled_requests_enabled   = true
    }
  }

  dynamic "rule" {
    for_each = local.managed

    content {
      name     = rule.key
      priority = rule.value

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.key

          dynamic "rule_action_override" {
            for_each = toset(lookup(local.counted, rule.key, []))

            content {
              name = rule_action_override.value

              action_to_use {
                count {}
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }

  dynamic "rule" {
    for_each = local.bodies

    content {
      name     = rule.key
      priority = rule.value.priority

      action {
        block {
          custom_response {
            response_code            = rule.value.status
            custom_response_body_key = "status-${rule.value.status}"
          }
        }
      }

      statement {
        and_statement {
          statement {
            label_match_statement {
              scope = "LABEL"
              key   = "awswaf:managed:aws:${rule.value.group}:${rule.key}"
            }
          }

          statement {
            not_statement {
              statement {
                regex_match_statement {
                  regex_string = rule.value.except

                  field_to_match {
                    uri_path {}
                  }

                  text_transformation {
                    priority = 0
                    type     = "NONE"
                  }
                }
              }
            }
          }
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.key
        sampled_requests_enabled   = true
      }
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.name
    sampled_requests_enabled   = true
  }
}

# WAF writes only to names that begin so.
resource "aws_cloudwatch_log_group" "this" {
  name              = "aws-waf-logs-${var.name}"
  retention_in_days = var.log_days
  kms_key_id        = var.key_arn
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  resource_arn            = aws_wafv2_web_acl.this.arn
  log_destination_configs = [aws_cloudwatch_log_group.this.arn]

  redacted_fields {
    single_header {
      name = "authorization"
    }
  }

  redacted_fields {
    single_header {
      name = "cookie"
    }
  }

  redacted_fields {
    query_string {}
  }

  logging_filter {
    default_behavior = "DROP"

    filter {
      behavior    = "KEEP"
      requirement = "MEETS_ANY"

      condition {
        action_condition {
          action = "BLOCK"
        }
      }

      condition {
        action_condition {
          action = "COUNT"
        }
      }
    }
  }
}
