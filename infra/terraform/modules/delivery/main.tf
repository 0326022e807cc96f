# Image repositories, and the roles that GitHub's workflows take on by OIDC: no key is stored anywhere. One role per purpose, bound
# to the branch, tag or environment that may have it.

data "aws_partition" "this" {}

resource "aws_ecr_repository" "this" {
  for_each             = toset(var.images)
  name                 = "ticketing/${each.key}"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.key_arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each   = aws_ecr_repository.this
  repository = each.value.name

  # A commit has one tag and many entries: its index, a manifest and an attestation a platform, signatures. Counted are tags, or
  # a dozen merges would push out what production runs. What an expired index referred to has no tag and goes after it; nothing
  # goes while an index refers to it.
  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "The last five hundred commits"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 500 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 2
        description  = "What no commit refers to any more"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 14 }
        action       = { type = "expire" }
      },
    ]
  })
}

# Another environment's account pulls what this one built.
resource "aws_ecr_repository_policy" "this" {
  for_each   = length(var.puller_account_ids) > 0 ? aws_ecr_repository.this : {}
  repository = each.value.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Pull"
      Effect    = "Allow"
      Principal = { AWS = [for id in var.puller_account_ids : "arn:${data.aws_partition.this.partition}:iam::${id}:root"] }
      Action    = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
    }]
  })
}

# An account has one of GitHub's at most.
resource "aws_iam_openid_connect_provider" "github" {
  count          = var.oidc_provider_arn == "" ? 1 : 0
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  provider_arn = var.oidc_provider_arn == "" ? aws_iam_openid_connect_provider.github[0].arn : var.oidc_provider_arn
  owner        = split("/", var.repository)[0]
  repository   = split("/", var.repository)[1]
  # Of repositories made or renamed since 2026-07-15 the token's subject carries ids, so that nobody comes in by a name given up.
  subject = var.repository_id == "" ? "repo:${var.repository}" : "repo:${local.owner}@${var.owner_id}/${local.repository}@${var.repository_id}"
  # What each role may be taken on by: main pushes images, an environment of GitHub's (with its approvals) deploys.
  roles = {
    images = {
      subjects = ["${local.subject}:ref:refs/heads/main"]
      statements = [
        {
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = ["*"]
        },
        {
          Effect = "Allow"
          Action = [
            "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
            "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"
          ]
          Resource = [for repository in aws_ecr_repository.this : repository.arn]
        },
      ]
    }
    # Compares, on main alone: sees how everything is set up, and nothing that is in it.
    plan = {
      subjects = ["${local.subject}:ref:refs/heads/main"]
      statements = [
        {
          Effect   = "Deny"
          Action   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery", "secretsmanager:GetSecretValue", "sqs:ReceiveMessage"]
          Resource = ["*"]
        },
        {
          Effect   = "Deny"
          Action   = ["s3:GetObject", "s3:GetObjectVersion"]
          Resource = ["arn:${data.aws_partition.this.partition}:s3:::ticketing-files-*", "arn:${data.aws_partition.this.partition}:s3:::ticketing-logs-*"]
        },
      ]
    }
    deploy = {
      subjects = ["${local.subject}:environment:${var.environment}"]
      statements = [
        {
          Effect   = "Allow"
          Action   = ["eks:DescribeCluster"]
          Resource = [var.cluster_arn]
        },
        {
          Effect   = "Allow"
          Action   = ["cloudwatch:DescribeAlarms"]
          Resource = ["*"]
        },
        {
          Effect   = "Allow"
          Action   = ["ecr:GetAuthorizationToken"]
          Resource = ["*"]
        },
        {
          Effect   = "Allow"
          Action   = ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:GetDownloadUrlForLayer"]
          Resource = [for image in var.images : "arn:${data.aws_partition.this.partition}:ecr:*:*:repository/ticketing/${image}"]
        },
      ]
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.roles
  name     = "${var.name}-github-${each.key}"
  # A rollout, its watch, and the way back.
  max_session_duration = 14400

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = each.value.subjects
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "plan" {
  role       = aws_iam_role.github["plan"].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_role_policy" "github" {
  for_each = local.roles
  name     = "own"
  role     = aws_iam_role.github[each.key].id
  policy   = jsonencode({ Version = "2012-10-17", Statement = each.value.statements })
}
