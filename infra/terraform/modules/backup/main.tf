# The database once a day in a vault of another account: what deletes this account's instance, its key or its backups does not reach
# it. The first way back is point-in-time recovery (module database). Tickets' PDFs are rendered again; repeated keys last a day.

data "aws_partition" "this" {}

resource "aws_backup_vault" "this" {
  name        = var.name
  kms_key_arn = var.key_arn
}

resource "aws_backup_plan" "this" {
  name = var.name

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.this.name
    # After the database's own backup, in the quietest hours of Brazil (UTC).
    schedule          = "cron(30 7 * * ? *)"
    start_window      = 60
    completion_window = 480

    # Here it is but the copy's source.
    lifecycle {
      delete_after = 7
    }

    copy_action {
      destination_vault_arn = var.copy_vault_arn

      lifecycle {
        delete_after = var.keep_days
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name = "${var.name}-backup"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "backup.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
}

resource "aws_backup_selection" "this" {
  name         = "database"
  plan_id      = aws_backup_plan.this.id
  iam_role_arn = aws_iam_role.this.arn
  resources    = [var.database_arn]
}

# A copy that fails is found out on the day that it is needed, unless somebody is told.
resource "aws_backup_vault_notifications" "this" {
  backup_vault_name   = aws_backup_vault.this.name
  sns_topic_arn       = var.alarm_topic_arn
  backup_vault_events = ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"]
}
